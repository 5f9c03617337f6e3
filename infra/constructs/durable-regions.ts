import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The Regions that may have durable functions, as of 2026-11-30. AWS announced Ohio on 2025-12-02, 14 more in December 2025, 16 more on
 * 2026-04-22 and the European Sovereign Cloud on 2026-09-24
 * (https://aws.amazon.com/about-aws/whats-new/2026/04/lambda-durable-functions-16-new-regions/). These are the 34 Regions of that
 * time, three of which are without: their names are not in a source that could be read. No other partition was announced.
 */
const regions: ReadonlySet<string> = new Set([
  ...['af-south-1', 'ca-central-1', 'ca-west-1', 'il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1'],
  ...['ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6'],
  ...['ap-southeast-7', 'eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1'],
  ...['eu-west-2', 'eu-west-3', 'eusc-de-east-1', 'sa-east-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
]);

/** The Region of a stack for which no durable functions were announced; `undefined` also while the Region is not known. */
export const regionWithoutDurableFunctions = (scope: Construct): string | undefined => {
  const { region } = Stack.of(scope);
  return Token.isUnresolved(region) || regions.has(region) ? undefined : region;
};
