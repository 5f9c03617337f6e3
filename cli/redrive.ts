import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { createLambda } from '../functions/platform/aws-clients.ts';
import { readStartingEnvironment } from '../functions/platform/environment.ts';
import { createStartRun } from '../functions/runs/lambda/start-run.ts';
import { type Redriven, redriveRun } from './redrive-run.ts';

const usage =
  'Write: npm run redrive -- MESSAGE, a file that holds the body of a dead-letter message, or - for the input';

/** Why no run was started; `undefined` if one was. */
const refusalOf = (redriven: Redriven): string | undefined => {
  switch (redriven.kind) {
    case 'started':
      return undefined;
    case 'not-a-request':
      return `The message is not the request of a run: ${redriven.problem}`;
    case 'expired':
      return `Not started: the run expired at ${redriven.expiresAt}. What it asked for must be asked for again.`;
    case 'other-payload':
      return `Not started: ${redriven.id} is another run`;
    case 'denied':
      return `Not started: ${redriven.detail}. Is RUN_FUNCTION the output RunFunction of the stack?`;
    case 'throttled':
    case 'unavailable':
      return `Not started: ${redriven.detail}. Try again.`;
  }
};

/** What the SDK would only name in its own words. */
const checkAccount = async ({ config }: LambdaClient): Promise<void> => {
  const say = (problem: string) => () => {
    throw new Error(problem);
  };
  if (!process.env.RUN_FUNCTION) throw new Error('Set RUN_FUNCTION to the output RunFunction of the stack.');
  await config.region().catch(say('There is no AWS region: set AWS_REGION.'));
  await config.credentials().catch(say('There are no AWS credentials: set AWS_PROFILE, or log in with the AWS CLI.'));
};

const redrive = async (message: string): Promise<void> => {
  const body = message === '-' ? await text(process.stdin) : await readFile(message, 'utf8');
  const client = createLambda();
  await checkAccount(client);
  const { runFunction: functionName, runQualifier: qualifier, stack } = readStartingEnvironment(process.env);
  const startRun = createStartRun({ client, functionName, qualifier });
  const redriven = await redriveRun(body, { startRun, stack, now: () => new Date() });
  const refusal = refusalOf(redriven);
  if (refusal !== undefined) throw new Error(refusal);
  if ('id' in redriven) console.log(redriven.id);
};

try {
  const [message, ...rest] = process.argv.slice(2);
  if (message === undefined || rest.length > 0) throw new Error(usage);
  await redrive(message);
} catch (error) {
  console.error(error instanceof Error ? error.message : 'unknown error');
  process.exitCode = 1;
}
