import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import { type Alarms, stillLoggedIn } from './alarms.ts';
import { callingEnvironment, warmingEnvironment } from './function-environment.ts';
import type { InstanceSecrets } from './instance-secrets.ts';
import { ServiceFunction } from './service-function.ts';
import type { StackBus } from './stack-bus.ts';

export type LogoutFunctionProps = {
  readonly configuration: Configuration;
  readonly evidence: ILogGroup;
  readonly secrets: InstanceSecrets;
  readonly bus: StackBus;
  readonly alarms: Alarms;
};

/** Logs one instance out and answers in the same call; writes evidence, reads credentials. */
export class LogoutFunction extends ServiceFunction {
  constructor(scope: Construct, id: 'logout', { configuration, evidence, secrets, bus, alarms }: LogoutFunctionProps) {
    super(scope, id, {
      environment: { ...callingEnvironment(configuration, bus.eventBusName), ...warmingEnvironment(configuration) },
      logGroup: evidence,
      memoryMb: configuration.memoryMb,
    });
    secrets.grantRead(this);
    if (configuration.warmInstances.length > 1) secrets.grantReadInBatches(this);
    bus.grantPutOutcomes(this);
    alarms.addForFunction(this, stillLoggedIn);
    alarms.addForLogouts(id, stillLoggedIn);
  }
}
