import { createStartRun } from '../executions/start-run.ts';
import type { ScheduleHandlerDependencies } from '../schedule.ts';
import { createLambda } from './lambda.ts';
import { createLog } from './log.ts';
import { readStartingEnvironment } from './starting-environment.ts';
import { processSurroundings } from './surroundings.ts';

export const wireSchedule = ({ variables, write } = processSurroundings): ScheduleHandlerDependencies => {
  const { runFunction, runQualifier, stack, maxTargetsCeiling } = readStartingEnvironment(variables);
  return {
    startRun: createStartRun({ client: createLambda(), functionName: runFunction, qualifier: runQualifier }),
    stack,
    maxTargetsCeiling,
    log: createLog(write),
  };
};
