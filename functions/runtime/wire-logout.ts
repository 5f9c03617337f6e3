import { createLogOut } from '../logout/log-out.ts';
import type { LogoutHandlerDependencies } from '../logout.ts';
import { readEnvironment } from './environment.ts';
import { createLog } from './log.ts';
import { createSecretsManager } from './secrets-manager.ts';
import { processSurroundings } from './surroundings.ts';
import { wireEvidence } from './wire-evidence.ts';
import { wireGreenApi } from './wire-green-api.ts';

const now = () => new Date();

export const wireLogout = ({ variables, write } = processSurroundings): LogoutHandlerDependencies => {
  const environment = readEnvironment(variables);
  const log = createLog(write);
  return {
    logOut: createLogOut({
      ...wireGreenApi(createSecretsManager(), environment, log),
      recordEvidence: wireEvidence(log, environment.eventBus),
      now,
    }),
    logUnexpected: (error) => log('ERROR', 'unexpected error', error),
  };
};
