import type { Execution } from '@aws-sdk/client-lambda';
import { parseJson } from '../../functions/platform/unknown-values.ts';
import { stableJson } from '../../functions/runs/lambda/start-run.ts';
import type { OutputKey } from '../../infra/constructs/outputs.ts';
import { describeFailure } from '../api/api.ts';
import { createExecutions, type Executions, hasExecutionEnded } from '../aws/executions.ts';
import { askYesOrNo } from '../input/questions.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import { type DeadLetterMessage, describeEvent, type FailedEvent } from './dead-letter-queue.ts';
import { createInvokeFunction, type HandedOver } from './invoke-function.ts';

const mostCompared = 50;

/** A failed run leaves its message within seconds of its end. */
const longestDelayMs = 60 * 60 * 1_000;

const distance = ({ EndTimestamp }: Execution, sentAt: Date): number =>
  EndTimestamp === undefined ? Number.POSITIVE_INFINITY : Math.abs(EndTimestamp.getTime() - sentAt.getTime());

/** The ended runs without success that may have left the message, the likeliest first. */
const candidates = async (executions: Executions, functionName: string, sentAt: Date | undefined) => {
  const found: Execution[] = [];
  for await (const execution of executions.list(functionName)) {
    if (!hasExecutionEnded(execution) || execution.Status === 'SUCCEEDED') continue;
    if (sentAt === undefined && found.length >= mostCompared) break;
    if (sentAt === undefined || distance(execution, sentAt) <= longestDelayMs) found.push(execution);
  }
  if (sentAt !== undefined) found.sort((a, b) => distance(a, sentAt) - distance(b, sentAt));
  return found.slice(0, mostCompared);
};

const isSameJson = (a: string, b: string): boolean => {
  const [first, second] = [parseJson(a), parseJson(b)];
  return first !== undefined && stableJson(first) === stableJson(second);
};

/**
 * Lambda puts the request of a failed run into the queue, and not its name: the run is the one that was started with this
 * very request and ended when the message was sent.
 *
 * @param sentAt when the message was sent; `undefined` if that is not known
 */
export const findRunOf = async (
  body: string,
  sentAt: Date | undefined,
  executions: Executions,
  functionName: string,
) => {
  for (const { DurableExecutionArn = '' } of await candidates(executions, functionName, sentAt)) {
    const execution = await executions.get(DurableExecutionArn);
    if (!isSameJson(execution.InputPayload ?? '', body)) continue;
    return {
      id: execution.DurableExecutionName ?? '',
      status: execution.Status ?? '',
      startedAt: execution.StartTimestamp?.toISOString(),
      endedAt: execution.EndTimestamp?.toISOString(),
      /** What Lambda keeps of why it failed, or who stopped it. */
      error: execution.Error?.ErrorMessage,
    };
  }
  return undefined;
};

export type HandOverOptions = { readonly evenIfStopped?: boolean };

/** Asks about the event in a message, and gives it to whoever was to handle it. @throws Interrupted at Ctrl-C */
export type HandOver = (event: FailedEvent, message: DeadLetterMessage) => Promise<HandedOver>;

const declined: HandedOver = { kind: 'kept', problem: 'You answered no.' };

const dayMs = 24 * 60 * 60 * 1_000;

/** A run of a schedule expires a day after its scheduled time. */
const remarkOn = ({ scheduledTime }: FailedEvent, now: Date): string =>
  typeof scheduledTime === 'string' && now.getTime() - Date.parse(scheduledTime) > dayMs
    ? ' The firing is more than a day old, so its run expires at once. Retry that run then.'
    : '';

const createHandToFunction = async (session: Session, output: OutputKey): Promise<HandOver> => {
  const functionName = (await session.outputs()).require(output);
  const invoke = createInvokeFunction(session.aws);
  return async (event) => {
    session.note(`${describeEvent(event)}.${remarkOn(event, session.terminal.now())}`);
    if (!(await askYesOrNo(session, 'Hand it to its function again?'))) return declined;
    return invoke(functionName, event);
  };
};

const stoppedOnPurpose: HandedOver = {
  kind: 'refused',
  problem: 'The run was stopped on purpose. Use --even-if-stopped to try it again.',
};

const unknownRun =
  'Its run was not found. Lambda keeps ended runs for a limited time. To log its target out, start a new run with the run command.';

/** A failed run becomes a retry, which takes only what that run did not confirm. */
const createRetryRun = async (session: Session, { evenIfStopped }: HandOverOptions): Promise<HandOver> => {
  const api = await session.api();
  const functionName = (await session.outputs()).require('RunFunction');
  const executions = createExecutions(session.aws);

  const retry = async (id: string, message: string, isStopped: boolean): Promise<HandedOver> => {
    if (!(await askYesOrNo(session, 'Try it again?'))) return declined;
    // The same message is the same retry, if it comes again because its deletion was lost.
    const started = await api.retryRun(id, { ...(isStopped && { evenIfStopped: true }) }, `message-${message}`);
    if (started.kind === 'ok') return { kind: 'accepted', runs: [started.value.id] };
    const isRefused = started.kind === 'problem' && started.status === 409;
    return { kind: isRefused ? 'refused' : 'kept', problem: describeFailure(started) };
  };

  return async (_, { id: message, body, sentAt }) => {
    const failed = await findRunOf(body, sentAt, executions, functionName);
    if (failed === undefined) return { kind: 'refused', problem: unknownRun };
    const { id, status, startedAt, endedAt, error } = failed;
    session.note(printable(`Run ${id}: ${status}, started ${startedAt}, ended ${endedAt}${error ? `. ${error}` : ''}`));
    const isStopped = status === 'STOPPED';
    return isStopped && !evenIfStopped ? stoppedOnPurpose : retry(id, message, isStopped);
  };
};

/** The queues that hold what failed, each with the function that is to handle it: first what may start runs, then the runs. */
export const failedQueues: readonly {
  readonly name: string;
  readonly queues: readonly OutputKey[];
  readonly of: OutputKey;
}[] = [
  { name: 'offboarding', queues: ['OffboardingFailed', 'OffboardingUndelivered'], of: 'OffboardingFunction' },
  { name: 'schedules', queues: ['ScheduleFailed', 'ScheduleUndelivered'], of: 'ScheduleFunction' },
  { name: 'evidence vault', queues: ['EvidenceVaultFailed'], of: 'EvidenceVaultFunction' },
  { name: 'failed runs', queues: ['RunDeadLetters'], of: 'RunFunction' },
];

export const createHandOver = (session: Session, of: OutputKey, options: HandOverOptions): Promise<HandOver> =>
  of === 'RunFunction' ? createRetryRun(session, options) : createHandToFunction(session, of);
