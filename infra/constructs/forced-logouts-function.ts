import type { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import type { Alarms } from './alarms.ts';
import { createLog } from './log-groups.ts';
import type { RunDoor } from './run-function.ts';
import { Door } from './service-function.ts';

export type ForcedLogoutsDoorProps = {
  readonly configuration: Configuration;
  readonly run: RunDoor;
  readonly alarms: Alarms;
};

/** Starts, shows and stops runs for callers of the API; reads no secret. */
export class ForcedLogoutsDoor extends Door {
  constructor(scope: Construct, id: 'forced-logouts', { configuration, run, alarms }: ForcedLogoutsDoorProps) {
    super(scope, id, {
      environment: run.startingEnvironment,
      logGroup: createLog(scope, `${id}-log`, configuration.logRetentionDays),
      memoryMb: configuration.memoryMb,
    });
    run.grantStart(this);
    run.grantFollow(this);
    alarms.addForDoor(this, 'A caller could not start, see or stop a run: somebody may still be logged in.');
  }
}
