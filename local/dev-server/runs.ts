import { join } from 'node:path';
import { readStartingEnvironment } from '../../functions/platform/environment.ts';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import { type LambdaEmulator, startLambda } from '../emulators/lambda/emulator.ts';
import { functionVariables } from './function-variables.ts';
import { CannotStart } from './options.ts';
import { createProgressLines } from './progress-lines.ts';

/**
 * Plays Lambda around the built `run` bundle; runs that an earlier service left in `folder` go on.
 *
 * @throws {@link CannotStart} if the folder cannot be written, or holds something else
 */
export const startRuns = (folder: string, print: (text: string) => void): Promise<LambdaEmulator> => {
  const { runFunction, executionTimeoutMs } = readStartingEnvironment(process.env);
  const { AWS_REGION: region } = process.env;
  return startLambda({
    folder,
    ...(region !== undefined && { region }),
    functions: {
      [runFunction]: {
        bundle: join(distFolder, 'run', 'index.mjs'),
        environment: functionVariables,
        executionTimeoutMs,
      },
    },
    onEvent: createProgressLines(print),
    deadLetter: ({ name, status }) =>
      print(`run ${name} ${status}: on AWS its request is now in the dead-letter queue\n`),
  }).catch((error: Error) => {
    throw new CannotStart(`--journal ${folder} cannot be used: ${error.message}`);
  });
};
