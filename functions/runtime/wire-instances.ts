import { createListInstances } from '../instances/list-instances.ts';
import type { InstancesHandlerDependencies } from '../instances.ts';
import { readEnvironment } from './environment.ts';
import { log } from './log.ts';
import { createSecretsManager } from './secrets-manager.ts';

export const wireInstances = (): InstancesHandlerDependencies => {
  const { secretPrefix } = readEnvironment(process.env);
  return {
    listInstances: createListInstances({ client: createSecretsManager(), secretPrefix }),
    logUnexpected: (error) => log('ERROR', 'unexpected error', error),
  };
};
