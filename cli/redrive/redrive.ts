import { readStartingEnvironment } from '../../functions/platform/settings.ts';
import { createStartRun } from '../../functions/runs/lambda/start-run.ts';
import type { RunRequest } from '../../functions/runs/request.ts';
import { createExecutions } from '../aws/executions.ts';
import { CommandFailed, orFailure, UsageError } from '../errors.ts';
import { askYesOrNo } from '../input/questions.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import { type FailedRun, findRunOf } from './find-run-of.ts';
import { parseMessage, type Redriven, redriveRun } from './redrive-run.ts';

export type RedriveMessage = {
  readonly body: string;
  readonly sentAt: Date | undefined;
  /** The same key names the same new run, however often it is started. @default a new one */
  readonly key: string | undefined;
  /** Ask for confirmation before the new run starts. */
  readonly interactive: boolean;
};

export type RedriveResult =
  | { readonly kind: 'started'; readonly id: string }
  /** It must not be started: it has expired or was stopped on purpose. */
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string };

/** Options of the `redrive` command. */
export type RedriveOptions = { readonly evenIfStopped?: boolean; readonly deleteRefused?: boolean };

export type Redrive = (
  message: RedriveMessage,
  options: Pick<RedriveOptions, 'evenIfStopped'>,
) => Promise<RedriveResult>;

/** Why no run was started. */
const resultOf = (redriven: Redriven): RedriveResult => {
  switch (redriven.kind) {
    case 'started':
      return redriven;
    case 'not-a-request':
      return { kind: 'failed', problem: `The message is not the request of a run: ${redriven.problem}` };
    case 'expired':
      return {
        kind: 'refused',
        problem: `Not started: the run expired at ${redriven.expiresAt}. Start a new run if it is still to happen.`,
      };
    case 'other-payload':
      return {
        kind: 'failed',
        problem: `Not started: the message was redriven before, as ${redriven.id}. Look at that run.`,
      };
    case 'denied':
      return { kind: 'failed', problem: `Not started: ${redriven.detail}. Is this the RunFunction of the stack?` };
    case 'throttled':
    case 'unavailable':
      return { kind: 'failed', problem: `Not started: ${redriven.detail}. Try again.` };
  }
};

const describeRun = (run: FailedRun | undefined): string => {
  if (run === undefined) return 'Its run was not found. Lambda keeps ended runs for a limited time.';
  const { id, status, startedAt, endedAt, error } = run;
  return printable(`Run ${id}: ${status}, started ${startedAt}, ended ${endedAt}${error ? `. ${error}` : ''}`);
};

const describeRequest = ({ target, reason, requestedBy }: RunRequest): string =>
  printable(`${JSON.stringify(target).slice(0, 200)}, "${reason}", requested by ${requestedBy}`);

/** Name, alias and stack of the run function: from the stack, or from the variables that the functions have. */
const readTarget = async (session: Session) => {
  const { runFunction, runQualifier, stack } = readStartingEnvironment(session.terminal.env);
  if (session.options.stack !== undefined) {
    const outputs = await session.outputs();
    return { functionName: outputs.require('RunFunction'), qualifier: runQualifier, stack: outputs.stack };
  }
  if (!session.terminal.env.RUN_FUNCTION)
    throw new UsageError(
      'Name the deployment with --stack, or set RUN_FUNCTION to the output RunFunction of its stack.',
    );
  return { functionName: runFunction, qualifier: runQualifier, stack };
};

const stoppedOnPurpose: RedriveResult = {
  kind: 'refused',
  problem: 'Not started: the run was stopped on purpose. Use --even-if-stopped to start it.',
};

const declined: RedriveResult = { kind: 'failed', problem: 'Not started: you answered no.' };

/** @param readRedriver gives the AWS identity that is kept in the new run */
export const createRedrive = async (session: Session, readRedriver: () => Promise<string>): Promise<Redrive> => {
  const { functionName, qualifier, stack } = await readTarget(session);
  const executions = createExecutions(session.aws);
  const startRun = createStartRun({ client: executions.client, functionName, qualifier });
  const { now } = session.terminal;
  const dependencies = { startRun, stack, now };

  return async ({ body, sentAt, key, interactive }, { evenIfStopped }) => {
    const request = parseMessage(body);
    if ('problem' in request) return resultOf({ kind: 'not-a-request', ...request });
    const { expiresAt } = request;
    if (expiresAt !== undefined && Date.parse(expiresAt) <= now().getTime())
      return resultOf({ kind: 'expired', expiresAt });
    const failed = await orFailure(findRunOf(body, sentAt, executions, functionName));
    if (failed instanceof CommandFailed) return { kind: 'failed', problem: `Not started: ${failed.message}` };
    session.note(describeRun(failed));
    if (failed?.status === 'STOPPED' && !evenIfStopped) return stoppedOnPurpose;
    if (interactive && !(await askYesOrNo(session, `Start it again (${describeRequest(request)})?`))) return declined;
    const redrivenBy = await readRedriver();
    return resultOf(await redriveRun(body, { ...dependencies, redrivenBy, ...(key !== undefined && { key }) }));
  };
};
