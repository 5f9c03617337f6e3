import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { writeVariables } from '../../functions/platform/environment.ts';
import {
  callingSettings,
  expirySettings,
  listingSettings,
  startingSettings,
} from '../../functions/platform/settings.ts';
import { stillLoggedIn } from './alarms.ts';
import { whichIn } from './dashboard.ts';
import { createDeadLetters } from './dead-letters.ts';
import type { Deployment } from './deployment.ts';
import { DurableFunction } from './durable-function.ts';
import type { FunctionEnvironment } from './function-environment.ts';
import { sumOfMetrics } from './logout-metrics.ts';
import type { WatchFunction } from './watch-function.ts';

/** The function that executes runs: it logs many instances out. */
export class RunFunction extends Construct {
  readonly durable: DurableFunction;
  /** The requests of runs that failed, were stopped or timed out. A stopped run is no emergency: this queue has no alarm. */
  readonly deadLetters: Queue;
  /** The environment of a function that starts runs. */
  readonly startingEnvironment: FunctionEnvironment;

  /** @param watch a run starts it for the confirmed instances, if the request has `watchDays` */
  constructor(scope: Construct, id: string, deployment: Deployment, watch: WatchFunction) {
    super(scope, id);
    const { settings, values, dataKey, secrets, bus } = deployment;
    this.deadLetters = createDeadLetters(this, 'DeadLetters', dataKey);
    this.durable = new DurableFunction(this, 'run', {
      deployment,
      environment: {
        ...writeVariables({ ...listingSettings, ...callingSettings, ...expirySettings }, values),
        ...watch.environment,
      },
      executionTimeout: Duration.days(settings.runs.executionTimeoutDays),
      deadLetterQueue: this.deadLetters,
    });
    const { service, alias } = this.durable;
    dataKey.allow(service.role, 'sqs', 'Decrypt', 'GenerateDataKey');
    const names = { runFunction: service.function.functionName, runQualifier: alias.aliasName };
    this.startingEnvironment = writeVariables(startingSettings, { ...values, ...names });
    secrets.grantRead(service);
    secrets.grantDescribe(service);
    secrets.grantList(service);
    if (settings.tokenRotation.enabled) secrets.grantRotate(service);
    watch.durable.grantStart(service);
    bus.grantPutOutcomes(service);
    this.#addAlarms(deployment);
  }

  #addAlarms({ alarms, metrics, settings }: Deployment): void {
    alarms.addForLogouts(metrics, 'run');
    alarms.add('run-failed', {
      // Lambda's own metric counts drills too, and they have an alarm of their own.
      metric: this.durable.metricTrouble({ failed: metrics.of('runFailed') }),
      impact: `A run failed, timed out, or was held up because Lambda throttled it. ${whichIn(settings.name, 'runs')} ${stillLoggedIn}`,
    });
    alarms.add('drill-failed', {
      metric: metrics.of('failedDrill'),
      impact:
        'A drill found instances that could not be logged out. In an emergency these people would still be logged in.',
    });
    alarms.add('leaver-uncertain', {
      metric: sumOfMetrics('uncertain leavers', metrics.ofUncertainLeavers()),
      impact: `A report or a schedule may have missed somebody: an instance of a leaver is protected, a secret is not understood, a schedule found nobody, or an owner was renamed. ${whichIn(settings.name, 'uncertain')} ${stillLoggedIn}`,
    });
    alarms.add('nobody-logged-out', {
      metric: metrics.of('nobodyLoggedOut'),
      impact: `A run confirmed no logout: every instance is protected, excepted, unknown or no longer in the target. ${stillLoggedIn}`,
    });
  }
}
