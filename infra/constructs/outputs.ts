import { CfnOutput } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { AuthorizedApi } from './authorized-api.ts';
import type { RunFunction } from './run-function.ts';
import type { StackBus } from './stack-bus.ts';

export type Findable = {
  readonly api: AuthorizedApi;
  readonly bus: StackBus;
  readonly run: RunFunction;
  readonly dashboard: Dashboard;
  readonly evidence: ILogGroup;
};

/** Says after a deployment where a person finds what. */
export const createOutputs = (scope: Construct, { api, bus, run, dashboard, evidence }: Findable): void => {
  const say = (id: string, value: string, description: string) => new CfnOutput(scope, id, { value, description });

  say('Endpoint', api.endpoint, 'The HTTP API.');
  say('EventBus', bus.eventBusName, 'Offboarding events come in on it, outcome events go out.');
  say('RunFunction', run.function.functionName, 'Carries runs out; npm run redrive asks for it.');
  say('RunDeadLetters', run.deadLetters.queueUrl, 'The requests of runs that failed, were stopped or took too long.');
  say('Dashboard', dashboard.dashboardName, 'Logouts and runs at a glance, in CloudWatch.');
  say('EvidenceLogGroup', evidence.logGroupName, 'Who was logged out, when and why; kept when the stack is removed.');
};
