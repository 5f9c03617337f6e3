import type { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import type { Alarms } from './alarms.ts';
import { createLog } from './log-groups.ts';
import type { RunFunction } from './run-function.ts';
import { ServiceFunction } from './service-function.ts';

export type ForcedLogoutsFunctionProps = {
  readonly configuration: Configuration;
  readonly run: RunFunction;
  readonly alarms: Alarms;
};

/** Starts, shows and stops runs for callers of the API; reads no secret. */
export class ForcedLogoutsFunction extends ServiceFunction {
  constructor(scope: Construct, id: 'forced-logouts', { configuration, run, alarms }: ForcedLogoutsFunctionProps) {
    super(scope, id, {
      environment: run.startingEnvironment,
      logGroup: createLog(scope, `${id}-log`, configuration.logRetentionDays),
      memoryMb: configuration.memoryMb,
    });
    run.grantStart(this);
    run.grantFollow(this);
    alarms.addForFunction(this, 'A caller could not start, see or stop a run: somebody may still be logged in.');
  }
}
