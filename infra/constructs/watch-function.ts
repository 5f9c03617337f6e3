import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { writeVariables } from '../../functions/platform/environment.ts';
import { callingSettings, watchingSettings } from '../../functions/platform/settings.ts';
import { stillLoggedIn } from './alarms.ts';
import { whichIn } from './dashboard.ts';
import type { Deployment } from './deployment.ts';
import { DurableFunction } from './durable-function.ts';
import type { FunctionEnvironment } from './function-environment.ts';

/** A watch takes 30 days at most; the rest is for what it does at its end. */
const executionTimeout = Duration.days(31);

/** The function that watches confirmed instances after a run, in case somebody links one again. */
export class WatchFunction extends Construct {
  readonly durable: DurableFunction;
  /** The environment of a function that starts or follows watches. */
  readonly environment: FunctionEnvironment;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const { values, secrets, bus } = deployment;
    this.durable = new DurableFunction(this, 'watch', {
      deployment,
      environment: writeVariables(callingSettings, values),
      executionTimeout,
    });
    const { service, alias } = this.durable;
    const names = { watchFunction: service.function.functionName, watchQualifier: alias.aliasName };
    this.environment = writeVariables(watchingSettings, names);
    secrets.grantRead(service);
    secrets.grantDescribe(service);
    bus.grantPutOutcomes(service);
    this.#addAlarms(deployment);
  }

  #addAlarms({ alarms, metrics, settings }: Deployment): void {
    alarms.add('linked-again', {
      metric: metrics.of('linkedAgain'),
      impact: `An instance was linked again after its logout was confirmed. ${stillLoggedIn}`,
    });
    alarms.add('watch-failed', {
      metric: this.durable.metricTrouble({ 'watch-unread': metrics.of('watchUnread') }),
      impact: `A watch failed, timed out, was held up because Lambda throttled it, or cannot read an instance. ${whichIn(settings.name, 'watches')} Nobody notices when one of its instances is linked again. Logouts go on.`,
    });
  }
}
