import { createListInstances } from '../instances/list-instances.ts';
import type { InstancesHandlerDependencies } from '../instances.ts';
import { readEnvironment } from './environment.ts';
import { createLog } from './log.ts';
import { createSecretsManager } from './secrets-manager.ts';
import { processSurroundings } from './surroundings.ts';

export const wireInstances = ({ variables, write } = processSurroundings): InstancesHandlerDependencies => {
  const { secretPrefix } = readEnvironment(variables);
  const log = createLog(write);
  return {
    listInstances: createListInstances({ client: createSecretsManager(), secretPrefix }),
    logUnexpected: (error) => log('ERROR', 'unexpected error', error),
  };
};
