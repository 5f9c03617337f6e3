import { createListInstances } from '../instances/list-instances.ts';
import { createReadTags } from '../instances/read-tags.ts';
import type { RunHandlerDependencies } from '../run.ts';
import { readEnvironment } from './environment.ts';
import { createLog } from './log.ts';
import { createBus } from './publish-outcome.ts';
import { createSecretsManager } from './secrets-manager.ts';
import { processSurroundings } from './surroundings.ts';
import { wireEvidence } from './wire-evidence.ts';
import { wireGreenApi } from './wire-green-api.ts';

export const wireRun = ({ variables, write } = processSurroundings): RunHandlerDependencies => {
  const environment = readEnvironment(variables);
  const { secretPrefix } = environment;
  const client = createSecretsManager();
  const log = createLog(write);
  return {
    ...wireGreenApi(client, environment, log),
    listInstances: createListInstances({ client, secretPrefix }),
    readTags: createReadTags({ client, secretPrefix }),
    recordEvidence: wireEvidence(log, environment, createBus(environment.eventBus)),
    log,
    now: () => new Date(),
  };
};
