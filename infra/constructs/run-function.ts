import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { stillLoggedIn } from './alarms.ts';
import { createDeadLetters } from './dead-letters.ts';
import type { Deployment } from './deployment.ts';
import { DurableFunction } from './durable-function.ts';
import { callingEnvironment, type FunctionEnvironment, startingEnvironment } from './function-environment.ts';
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
    const { settings, evidence, secrets, bus } = deployment;
    const { runs } = settings;
    this.deadLetters = createDeadLetters(this, 'DeadLetters');
    this.durable = new DurableFunction(this, 'Run', 'run', {
      environment: {
        ...callingEnvironment(settings, bus.eventBus.eventBusName),
        ...watch.environment,
      },
      logGroup: evidence,
      memoryMb: runs.memoryMb,
      timeout: Duration.minutes(15),
      executionTimeout: Duration.days(runs.executionTimeoutDays),
      retention: Duration.days(runs.retentionDays),
      deadLetterQueue: this.deadLetters,
    });
    const { service, alias } = this.durable;
    this.startingEnvironment = startingEnvironment(settings, service.function.functionName, alias.aliasName);
    secrets.grantRead(service);
    secrets.grantDescribe(service);
    secrets.grantList(service);
    if (settings.tokenRotation.enabled) secrets.grantRotate(service);
    watch.durable.grantStart(service);
    bus.grantPutOutcomes(service);
    this.#addAlarms(deployment);
  }

  // No alarm for errors: stopping a run that works ends its invocation with one, and Lambda repeats an invocation that failed.
  #addAlarms({ alarms, metrics }: Deployment): void {
    const { durable } = this;
    alarms.addForThrottles(durable.service, stillLoggedIn);
    alarms.addForLogouts(metrics, 'run');
    alarms.add('run-failed', {
      // A drill that fails has an alarm of its own.
      metric: new MathExpression({
        expression: 'FILL(failed, 0) - FILL(drills, 0)',
        usingMetrics: { failed: durable.metric('Failed'), drills: metrics.ofRuns('failedDrill') },
        label: 'runs that failed',
      }),
      impact: `A run ended with failures. ${stillLoggedIn}`,
    });
    alarms.add('drill-failed', {
      metric: metrics.ofRuns('failedDrill'),
      impact:
        'A dry run found instances that could not be logged out: in an emergency these people would still be logged in.',
    });
    alarms.add('nobody-logged-out', {
      metric: metrics.ofRuns('nobodyLoggedOut'),
      impact: `A run logged nobody out: every instance was protected, excepted or unknown. ${stillLoggedIn}`,
    });
    alarms.add('run-timed-out', { metric: durable.metric('TimedOut'), impact: `A run timed out. ${stillLoggedIn}` });
  }
}
