import { createStartRun } from '../executions/start-run.ts';
import type { OffboardingHandlerDependencies } from '../offboarding.ts';
import { createLambda } from './lambda.ts';
import { createLog } from './log.ts';
import { readStartingEnvironment } from './starting-environment.ts';
import { processSurroundings } from './surroundings.ts';

export const wireOffboarding = ({ variables, write } = processSurroundings): OffboardingHandlerDependencies => {
  const { runFunction, runQualifier, stack, ...limits } = readStartingEnvironment(variables);
  return {
    startRun: createStartRun({ client: createLambda(), functionName: runFunction, qualifier: runQualifier }),
    stack,
    limits,
    now: () => new Date(),
    log: createLog(write),
  };
};
