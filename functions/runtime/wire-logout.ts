import { createConnections } from '../green-api/connections.ts';
import { createLogOut } from '../logout/log-out.ts';
import type { LogoutHandlerDependencies } from '../logout.ts';
import { readEnvironment } from './environment.ts';
import { createLog } from './log.ts';
import { createBus } from './publish-outcome.ts';
import { createSecretsManager } from './secrets-manager.ts';
import { processSurroundings } from './surroundings.ts';
import type { WarmUp } from './warm-up.ts';
import { wireEvidence } from './wire-evidence.ts';
import { wireGreenApi } from './wire-green-api.ts';
import { wireWarmUp } from './wire-warm-up.ts';

const now = () => new Date();

export type WiredLogout = LogoutHandlerDependencies & { readonly warmUp: WarmUp };

export const wireLogout = ({ variables, write } = processSurroundings): WiredLogout => {
  const environment = readEnvironment(variables);
  const log = createLog(write);
  const connections = createConnections();
  const secretsManager = createSecretsManager(connections.agent);
  const bus = createBus(environment.eventBus, connections.agent);
  const wired = wireGreenApi(secretsManager, environment, log, connections);
  return {
    logOut: createLogOut({ ...wired, recordEvidence: wireEvidence(log, environment, bus), now }),
    logUnexpected: (error) => log('ERROR', 'unexpected error', error),
    warmUp: wireWarmUp({ ...wired, secretsManager, bus, connections }, environment, variables, log),
  };
};
