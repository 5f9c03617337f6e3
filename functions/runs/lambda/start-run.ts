import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { errorNameOf, parseJsonAs } from '../../platform/unknown-values.ts';
import type { ForcedLogout } from '../request.ts';
import type { RunName } from '../run-name.ts';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';
import type { RunStatus } from './find-run.ts';
import type { ReadExecution, RunExecution } from './read-run.ts';

const sortKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** JSON that is the same to the byte for the same fields, in whatever order they were put together. */
export const stableJson = (value: unknown): string => JSON.stringify(value, sortKeys);

/** No run was started: thrown by a function nobody waits for, so that its event is delivered again, and in the end kept. */
export class RunNotStarted extends Error {
  override readonly name = 'RunNotStarted';

  constructor({ kind, detail }: LambdaFailure) {
    super(`${kind}: ${detail}`);
  }
}

export type RunStart =
  /** The run goes by this name now; whether it does since this call or an earlier one of the same payload, Lambda does not say. */
  | { readonly kind: 'started'; readonly id: RunName }
  /** The name belongs to a run that was asked something else. */
  | { readonly kind: 'other-payload'; readonly id: RunName }
  | LambdaFailure;

/**
 * Starts a run once: the same name with the same request is the same run, however often it is asked
 * (https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-idempotency.html).
 */
export type StartRun = (name: RunName, request: ForcedLogout) => Promise<RunStart>;

export type StartRunDependencies = {
  readonly client: Pick<LambdaClient, 'send'>;
  /** Name or ARN of the function that carries runs out. */
  readonly functionName: string;
  /** Alias or version: durable functions are invoked by nothing else. */
  readonly qualifier: string;
};

/** @param client its own retries apply, and are harmless because of the name; nothing is retried here */
export const createStartRun =
  ({ client, functionName, qualifier }: StartRunDependencies): StartRun =>
  async (name, request) => {
    try {
      await client.send(
        new InvokeCommand({
          FunctionName: functionName,
          Qualifier: qualifier,
          InvocationType: 'Event',
          DurableExecutionName: name,
          // Compared byte by byte with what an earlier request of that name sent.
          Payload: Buffer.from(stableJson(request)),
        }),
      );
      return { kind: 'started', id: name };
    } catch (error) {
      if (errorNameOf(error) === 'DurableExecutionAlreadyStartedException') return { kind: 'other-payload', id: name };
      return lambdaFailureOf(error, 'lambda:InvokeFunction on the alias');
    }
  };

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
  const asked = parseJsonAs(payloadSchema, payload);
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
    if (existing.kind === 'unknown-run') return { kind: 'unavailable', detail: 'Lambda: the run is not listed yet' };
    if (existing.kind !== 'execution') return existing;
    return isSameRequest(requestAt, existing)
      ? { kind: 'accepted', status: existing.status }
      : { kind: 'other-request' };
  };
