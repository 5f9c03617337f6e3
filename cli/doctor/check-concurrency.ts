import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { callAws } from '../aws/aws-failure.ts';
import type { AwsSettings } from '../aws/aws-settings.ts';
import { type Finding, ok, warning } from './finding.ts';

/** With less than 100 left for other functions, Lambda reserves nothing for the identity providers' 20. */
const leastConcurrency = 120;

/** New accounts have 10, and every function of the account shares them. */
export const checkConcurrency = (aws: AwsSettings): Promise<readonly Finding[]> =>
  callAws('lambda:GetAccountSettings', async () => {
    const { AccountLimit = {} } = await new LambdaClient(aws).send(new GetAccountSettingsCommand({}));
    const { ConcurrentExecutions: quota = 0, UnreservedConcurrentExecutions: unreserved = 0 } = AccountLimit;
    const about = `This account may run ${quota} Lambda functions at once (${unreserved} not reserved)`;
    if (quota >= leastConcurrency) return [ok('concurrency', about)];
    return [
      warning(
        'concurrency',
        `${about}. Identity providers need ${leastConcurrency}, and with a small quota logouts are throttled. Raise "Concurrent executions" of AWS Lambda in Service Quotas.`,
      ),
    ];
  });
