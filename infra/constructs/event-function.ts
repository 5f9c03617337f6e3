import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { metricDimensions } from '../../functions/platform/metrics.ts';
import { secondLook } from '../configuration/offboarding-rules.ts';
import type { DataKey } from './data-key.ts';
import { createDeadLetters, createQueue, destinationOf } from './dead-letters.ts';
import type { Deployment } from './deployment.ts';
import type { FunctionEnvironment } from './function-environment.ts';
import { createLog } from './log-groups.ts';
import { pascalCase } from './pascal-case.ts';
import type { RunFunction } from './run-function.ts';
import { ServiceFunction } from './service-function.ts';

/**
 * How long EventBridge retries the delivery of an event: a day, the most it can, and as long as a run may act after its cause.
 * An event that is delivered twice starts one run.
 */
export const deliveryRetries = { maxEventAge: Duration.hours(24), retryAttempts: 185 };

export type EventFunctionProps = {
  readonly deployment: Deployment;
  readonly run: RunFunction;
  /** What it means for people when an event started no run. */
  readonly impact: string;
  /** What it reads besides what a function that starts runs needs. @default nothing */
  readonly environment?: FunctionEnvironment;
  /** Whether events come a second time, by a queue with a delay. @default false */
  readonly hasSecondLook?: boolean;
};

/** A message that is older than this many seconds is not being delivered. */
const latestSecondLookSeconds = Duration.hours(1).toSeconds();

/**
 * A function that starts runs for events whose sender does not wait. No event is lost: `undelivered` keeps an event that could
 * not be delivered to the function, `failed` one that the function could not act on, with the reason. Each has an alarm.
 */
export class EventFunction extends Construct {
  readonly service: ServiceFunction;
  readonly undelivered: Queue;
  readonly failed: Queue;
  /** Delivers events to the function after some minutes; one that fails goes to `failed`. */
  readonly secondLook: Queue | undefined;

  constructor(scope: Construct, name: 'schedule' | 'offboarding', props: EventFunctionProps) {
    super(scope, pascalCase(name));
    const { deployment, run, impact, environment, hasSecondLook = false } = props;
    const { dataKey, alarms, metrics } = deployment;
    const failed = createDeadLetters(this, 'Failed', dataKey);
    this.failed = failed;
    this.undelivered = createDeadLetters(this, 'Undelivered', dataKey);
    this.service = new ServiceFunction(this, name, {
      deployment,
      environment: { ...run.startingEnvironment, ...environment },
      logGroup: createLog(this, 'Log', deployment),
      onFailure: destinationOf(failed),
    });
    dataKey.allowSend(this.service.role, failed);
    run.durable.grantStart(this.service);
    alarms.add(`${name}-failed-events`, {
      metric: metrics.of('failedEvents', { [metricDimensions.function]: name }),
      impact: `An event failed, and the log of the function ${name} says why. ${impact}`,
    });
    alarms.addForQueue(`${name}-failed`, failed, impact);
    this.secondLook = hasSecondLook ? this.#createSecondLook(dataKey) : undefined;
    alarms.addForQueue(`${name}-undelivered`, this.undelivered, impact, this.secondLook && lateIn(this.secondLook));
  }

  #createSecondLook(dataKey: DataKey): Queue {
    const queue = createQueue(this, 'SecondLook', dataKey, {
      deliveryDelay: Duration.seconds(secondLook.delaySeconds),
      visibilityTimeout: Duration.seconds(secondLook.visibilitySeconds),
      deadLetterQueue: { queue: this.failed, maxReceiveCount: secondLook.attempts },
    });
    // One event at a time: one that fails brings back no other. The identity store allows 20 readings a second.
    this.service.function.addEventSource(new SqsEventSource(queue, { batchSize: 1, maxConcurrency: 2 }));
    return queue;
  }
}

/** 1 while a message waits for much longer than it should: nothing delivers it to the function. */
const lateIn = (queue: Queue): IMetric =>
  new MathExpression({
    expression: `IF(age > ${latestSecondLookSeconds}, 1, 0)`,
    usingMetrics: { age: queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }) },
    label: 'second look is late',
  });
