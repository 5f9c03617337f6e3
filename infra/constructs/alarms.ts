import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { metricDimensions } from '../../functions/platform/metrics.ts';
import { type LogoutMetrics, sumOfMetrics } from './logout-metrics.ts';
import { pascalCase } from './pascal-case.ts';

/** The impact of anything that prevents a logout. */
export const stillLoggedIn = 'Somebody who should have been logged out may still be logged in.';

type AlarmProps = {
  /** One in a period is enough. */
  readonly metric: IMetric;
  /** What the alarm means for people. */
  readonly impact: string;
  /** @default missing data are no alarm, and with `quietPeriods` they are one */
  readonly treatMissingData?: TreatMissingData;
  /** The section of the runbook. @default the name of the alarm */
  readonly section?: string;
  /** The number of periods, in a row, without any for an alarm. @default one in a period is the alarm */
  readonly quietPeriods?: number;
};

type AlarmsProps = {
  /** The beginning of each alarm's name. */
  readonly name: string;
  readonly topic: ITopic | undefined;
  readonly runbookUrl: string;
};

/** The alarms of a deployment. Each text states the impact on people and names the section of the runbook. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];
  readonly #props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
  }

  /** @param name unique, in kebab case: the end of the alarm's name */
  add(name: string, { metric, impact, treatMissingData, section = name, quietPeriods }: AlarmProps): void {
    const isQuiet = quietPeriods !== undefined;
    const alarm = new Alarm(this, pascalCase(name), {
      alarmName: `${this.#props.name}-${name}`,
      metric,
      alarmDescription: `${impact} What to do: ${this.#props.runbookUrl}#${section}`,
      threshold: 1,
      evaluationPeriods: quietPeriods ?? 1,
      comparisonOperator: isQuiet
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: treatMissingData ?? (isQuiet ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING),
    });
    if (this.#props.topic !== undefined) alarm.addAlarmAction(new SnsAction(this.#props.topic));
    this.all.push(alarm);
  }

  /** An alarm for failed logouts in the evidence of the function. */
  addForLogouts(metrics: LogoutMetrics, by: 'logout' | 'run'): void {
    this.add(`${by}-failed-logouts`, {
      metric: metrics.of('failed', { [metricDimensions.function]: by }),
      impact: `A logout failed. ${stillLoggedIn}`,
    });
  }

  /**
   * An alarm for as long as messages are in the queue. An idle queue publishes no metrics, and a queue that wakes takes up to
   * 15 minutes to publish the first: until there is news, the alarm stays as it was.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   *
   * @param late 1 while another queue does not deliver its messages @default there is none
   */
  addForQueue(name: string, queue: Queue, impact: string, late?: IMetric): void {
    const visible = queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' });
    const alsoLate = late ? ', or the queue of the second look does not deliver its messages' : '';
    this.add(name, {
      metric: late ? sumOfMetrics(name, { visible, late }) : visible,
      impact: `The queue ${name} holds messages${alsoLate}. ${impact}`,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }
}
