import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import type { Alarms } from './alarms.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createLog } from './log-groups.ts';
import type { RunFunction } from './run-function.ts';
import { ServiceFunction } from './service-function.ts';

export type EventFunctionProps = {
  readonly configuration: Configuration;
  readonly run: RunFunction;
  readonly alarms: Alarms;
};

/**
 * Starts runs for events that nobody waits for. None is lost: one that cannot be brought to the function lies in
 * `undelivered`, one that the function could not act on lies in `failed` together with the reason, and each rings an alarm.
 */
export class EventFunction extends ServiceFunction {
  readonly undelivered: Queue;
  readonly failed: Queue;

  /** @param impact what it means for people when an event came to nothing */
  constructor(scope: Construct, id: 'schedule' | 'offboarding', props: EventFunctionProps, impact: string) {
    const { configuration, run, alarms } = props;
    const failed = createDeadLetters(scope, `${id}-failed`);
    super(scope, id, {
      environment: run.startingEnvironment,
      logGroup: createLog(scope, `${id}-log`, configuration.logRetentionDays),
      memoryMb: configuration.memoryMb,
      // Unlike a dead-letter queue, a destination gets the reason too. CDK's own for SQS would add rights to read the queue.
      onFailure: { bind: () => ({ destination: failed.queueArn }) },
    });
    this.failed = failed;
    this.role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failed.queueArn] }));
    this.undelivered = createDeadLetters(scope, `${id}-undelivered`);
    run.grantStart(this);
    alarms.addForFunction(this, impact);
    alarms.addForQueue(failed, impact);
    alarms.addForQueue(this.undelivered, impact);
  }
}
