import { createFindRun } from '../executions/find-run.ts';
import { createReadExecution } from '../executions/read-execution.ts';
import { createReadHistory } from '../executions/read-history.ts';
import { createReadRun } from '../executions/read-run.ts';
import { createRequestRun } from '../executions/request-run.ts';
import { createStartRun } from '../executions/start-run.ts';
import { createStopRun } from '../executions/stop-run.ts';
import type { ForcedLogoutsHandlerDependencies } from '../forced-logouts.ts';
import { createLambda } from './lambda.ts';
import { createLog } from './log.ts';
import { readStartingEnvironment } from './starting-environment.ts';
import { processSurroundings } from './surroundings.ts';

const now = () => new Date();

export const wireForcedLogouts = ({ variables, write } = processSurroundings): ForcedLogoutsHandlerDependencies => {
  const environment = readStartingEnvironment(variables);
  const { runFunction: functionName, runQualifier: qualifier, stack } = environment;
  const client = createLambda();
  const findRun = createFindRun({ client, functionName });
  const readExecution = createReadExecution({ client, findRun });
  const log = createLog(write);
  return {
    requestRun: createRequestRun({
      startRun: createStartRun({ client, functionName, qualifier }),
      readExecution,
      now,
    }),
    readRun: createReadRun({ readExecution, readHistory: createReadHistory(client) }),
    stopRun: createStopRun({ client, findRun }),
    stack,
    limits: environment,
    now,
    log,
    logUnexpected: (error) => log('ERROR', 'unexpected error', error),
  };
};
