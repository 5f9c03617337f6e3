import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type EvidenceFunction, logoutMetric } from './logout-metric.ts';
import type { ServiceFunction } from './service-function.ts';

/** The impact of whatever keeps a logout from happening. */
export const stillLoggedIn = 'Somebody who should have been logged out may still be logged in.';

export type AlarmProps = {
  /** What is counted; one in a period rings. */
  readonly metric: IMetric;
  /** What a person should understand when the alarm rings. The README's "When an alarm rings" says what to do. */
  readonly impact: string;
};

/** The stack's alarms: each says what it means for people, and all write to one topic, if there is one. */
export class Alarms extends Construct {
  readonly #action: SnsAction | undefined;

  constructor(scope: Construct, id: string, topicArn: string | undefined) {
    super(scope, id);
    this.#action = topicArn === undefined ? undefined : new SnsAction(Topic.fromTopicArn(this, 'Topic', topicArn));
  }

  add(id: string, { metric, impact }: AlarmProps): void {
    const alarm = new Alarm(this, id, {
      // The README lists them by name.
      alarmName: `${Stack.of(this).stackName}-${id}`,
      metric,
      alarmDescription: `${impact} See "When an alarm rings" in the README.`,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#action !== undefined) alarm.addAlarmAction(this.#action);
  }

  /** Rings when the evidence of the function says that a logout failed. */
  addForLogouts(serviceFunction: EvidenceFunction, impact: string): void {
    const metric = logoutMetric(this, serviceFunction, 'failed', 'Sum');
    this.add(`${serviceFunction}-failed-logouts`, { metric, impact: `A logout failed. ${impact}` });
  }

  /** Rings as long as something lies in the queue. */
  addForQueue(queue: Queue, impact: string): void {
    const { id } = queue.node;
    const metric = queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' });
    this.add(id, { metric, impact: `Something lies in ${id}. ${impact}` });
  }

  /** Rings when the function crashed or ran out of time, and when Lambda turned calls away from it. */
  addForFunction(serviceFunction: ServiceFunction, impact: string): void {
    const { id } = serviceFunction.node;
    this.add(`${id}-errors`, { metric: serviceFunction.function.metricErrors(), impact: `${id} broke off. ${impact}` });
    this.add(`${id}-throttles`, {
      metric: serviceFunction.function.metricThrottles(),
      impact: `${id} was throttled. ${impact}`,
    });
  }
}
