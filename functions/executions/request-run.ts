import * as v from 'valibot';
import { parseJsonText } from '../forced-logout/parse-json-text.ts';
import type { ForcedLogout } from '../forced-logout/request.ts';
import type { RunName } from '../forced-logout/run-name.ts';
import type { LambdaFailure } from './lambda-failure.ts';
import type { ReadExecution, RunExecution } from './read-execution.ts';
import type { RunStatus } from './run-status.ts';
import { stableJson } from './stable-json.ts';
import type { StartRun } from './start-run.ts';

/** A request as it stands at an instant, which becomes its `occurredAt`: the clock may fill in what was left out. */
export type RequestAt = (instant: Date) => ForcedLogout;

export type RequestedRun =
  /** By this request, or by the same one earlier. */
  | { readonly kind: 'accepted'; readonly status: RunStatus }
  /** The name belongs to a run that was asked something else. */
  | { readonly kind: 'other-request' }
  | LambdaFailure;

/** Starts a run once, though each retry of the request falls on another instant. */
export type RequestRun = (name: RunName, requestAt: RequestAt) => Promise<RequestedRun>;

export type RequestRunDependencies = {
  readonly startRun: StartRun;
  readonly readExecution: ReadExecution;
  readonly now: () => Date;
};

const payloadSchema = v.looseObject({ occurredAt: v.pipe(v.string(), v.isoTimestamp()) });

/** Whether this request, had it been made when that run was asked for, would have been that run. */
const isSameRequest = (requestAt: RequestAt, { payload }: RunExecution): boolean => {
  const asked = parseJsonText(payloadSchema, payload);
  return asked !== undefined && stableJson(requestAt(new Date(asked.occurredAt))) === stableJson(asked);
};

export const createRequestRun =
  ({ startRun, readExecution, now }: RequestRunDependencies): RequestRun =>
  async (name, requestAt) => {
    const start = await startRun(name, requestAt(now()));
    if (start.kind === 'started') return { kind: 'accepted', status: 'RUNNING' };
    if (start.kind !== 'other-payload') return start;

    // Lambda compares whole payloads, and a retry differs by the instants the clock put in: what was asked must be compared.
    const existing = await readExecution(name);
    // Started this very second, or its retention has just ended.
    if (existing.kind === 'unknown-run') return { kind: 'unavailable', reason: 'Lambda: the run is not listed yet' };
    if (existing.kind !== 'execution') return existing;
    return isSameRequest(requestAt, existing)
      ? { kind: 'accepted', status: existing.status }
      : { kind: 'other-request' };
  };
