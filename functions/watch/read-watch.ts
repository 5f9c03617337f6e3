import { defined } from '../platform/defined.ts';
import { parseJsonAs } from '../platform/unknown-values.ts';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { UnknownRun } from '../runs/lambda/find-run.ts';
import type { Readers, RunExecution } from '../runs/lambda/read-run.ts';
import { isEndStatus } from '../runs/run-status.ts';
import { type WatchName, type WatchRequest, watchRequestSchema } from '../runs/start-watch.ts';
import { isAlarming, stateFromResult, stateFromSteps, type WatchState } from './watch-state.ts';

type WatchOutcome = {
  readonly idInstance: string;
  /** `unread`: three polls in a row could not read it, or GREEN-API rejects its token. */
  readonly kind: 'watching' | 'watched' | 'unread' | 'linked-again' | 'released';
  /** When it was linked again, or released. ISO 8601. */
  readonly at?: string;
  readonly reason?: string;
};

const outcomesOf = ({ watching, ended, missing }: WatchState, isOver: boolean): readonly WatchOutcome[] =>
  [
    ...[...watching.keys()].map((idInstance) => {
      const lost = missing.get(idInstance);
      if (lost !== undefined && isAlarming(lost)) return { idInstance, kind: 'unread' } as const;
      return { idInstance, kind: isOver ? 'watched' : 'watching' } as const;
    }),
    ...[...ended].map(([idInstance, { at, kind }]) =>
      kind === 'linked-again'
        ? { idInstance, kind, at }
        : ({ idInstance, kind: 'released', at, reason: kind } as const),
    ),
  ].toSorted((a, b) => (a.idInstance < b.idInstance ? -1 : 1));

const progressOf = (outcomes: readonly WatchOutcome[], { unread }: WatchState) => {
  const count = (kind: WatchOutcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  return { total: outcomes.length, linkedAgain: count('linked-again'), released: count('released'), unread };
};

/** @param hasResult the watch came to its end, so that the message of its error is its own */
const viewOf = (execution: RunExecution, request: WatchRequest, state: WatchState, hasResult: boolean) => {
  const { status, startedAt, endedAt, error } = execution;
  const { run, reason, requestedBy, until } = request;
  const note = status === 'STOPPED' || hasResult ? error?.message : undefined;
  const outcomes = outcomesOf(state, isEndStatus(status));
  return defined({
    kind: 'watch',
    status,
    note,
    run,
    reason,
    requestedBy,
    startedAt,
    endedAt,
    until,
    progress: progressOf(outcomes, state),
    outcomes,
  });
};

/** `nextActionAt`: the next poll. */
export type Watch = ReturnType<typeof viewOf> & { readonly nextActionAt?: Date };

export type ReadWatch = (name: WatchName) => Promise<Watch | UnknownRun | LambdaFailure>;

export const createReadWatch =
  ({ readExecution, readHistory }: Readers): ReadWatch =>
  async (name) => {
    const execution = await readExecution(name);
    if (execution.kind !== 'execution') return execution;
    const request = parseJsonAs(watchRequestSchema, execution.payload);
    if (request === undefined) return { kind: 'unknown-run' };

    const result = stateFromResult(request, execution.result ?? execution.error?.data);
    if (result !== undefined) return viewOf(execution, request, result, true);
    const history = await readHistory(execution.arn);
    if (history.kind !== 'history') return history;
    const view = viewOf(execution, request, stateFromSteps(request, history.steps), false);
    const isWaiting = history.waiting !== undefined && !isEndStatus(execution.status);
    return isWaiting ? { ...view, nextActionAt: history.waiting.until } : view;
  };
