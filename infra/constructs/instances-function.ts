import type { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import type { Alarms } from './alarms.ts';
import { listingEnvironment } from './function-environment.ts';
import type { InstanceSecrets } from './instance-secrets.ts';
import { createLog } from './log-groups.ts';
import { ServiceFunction } from './service-function.ts';

export type InstancesFunctionProps = {
  readonly configuration: Configuration;
  readonly secrets: InstanceSecrets;
  readonly alarms: Alarms;
};

/** Says which instances there are, whose they are and which are protected; may read no credential. */
export class InstancesFunction extends ServiceFunction {
  constructor(scope: Construct, id: 'instances', { configuration, secrets, alarms }: InstancesFunctionProps) {
    super(scope, id, {
      environment: listingEnvironment(configuration),
      logGroup: createLog(scope, `${id}-log`, configuration.logRetentionDays),
      memoryMb: configuration.memoryMb,
    });
    secrets.grantList(this);
    alarms.addForFunction(this, 'Nobody can see which instances there are; logouts go on.');
  }
}
