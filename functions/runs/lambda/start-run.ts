import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { errorNameOf, parseJsonAs } from '../../platform/unknown-values.ts';
import type { RunRequest } from '../request.ts';
import type { RunName } from '../run-name.ts';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';
import type { DurableFunction, RunStatus } from './find-run.ts';
import type { ReadExecution, RunExecution } from './read-run.ts';

const sortKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** JSON that is the same to the byte for the same fields, whatever their order. */
export const stableJson = (value: unknown): string => JSON.stringify(value, sortKeys);

/** No run was started. A function without a waiting caller throws this, so that its event is delivered again and in the end kept. */
export class RunNotStarted extends Error {
  override readonly name = 'RunNotStarted';

  constructor({ kind, detail }: LambdaFailure) {
    super(`${kind}: ${detail}`);
  }
}

export type ExecutionStart<Name extends string> =
  /** By this call, or by an earlier one with the same payload: Lambda does not tell which. */
  | { readonly kind: 'started'; readonly id: Name }
  /** The name belongs to an execution with another request. */
  | { readonly kind: 'other-payload'; readonly id: Name }
  | LambdaFailure;

export type RunStart = ExecutionStart<RunName>;

/**
 * Starts a run once: the same name with the same request is the same run, however often it is requested
 * (https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-idempotency.html).
 */
export type StartRun = (name: RunName, request: RunRequest) => Promise<RunStart>;

/** The qualifier is an alias or version: durable functions are invoked by nothing else. */
type Invoked = DurableFunction & { readonly qualifier: string };

/**
 * Starts an execution of a durable function under a name.
 *
 * @param client its own retries apply, which the name makes harmless; nothing is retried here
 */
export const createStartExecution =
  <Name extends string>({ client, functionName, qualifier }: Invoked) =>
  async (name: Name, request: object): Promise<ExecutionStart<Name>> => {
    try {
      await client.send(
        new InvokeCommand({
          FunctionName: functionName,
          Qualifier: qualifier,
          InvocationType: 'Event',
          DurableExecutionName: name,
          // Lambda compares it byte by byte with the payload of an earlier request of that name.
          Payload: Buffer.from(stableJson(request)),
        }),
      );
      return { kind: 'started', id: name };
    } catch (error) {
      if (errorNameOf(error) === 'DurableExecutionAlreadyStartedException') return { kind: 'other-payload', id: name };
      return lambdaFailureOf(error, 'lambda:InvokeFunction on the alias');
    }
  };

export const createStartRun: (durableFunction: Invoked) => StartRun = createStartExecution<RunName>;

/** A request at an instant, which becomes its `occurredAt` and decides its defaults. */
type RequestAt = (instant: Date) => RunRequest;

type RequestedRun =
  /** By this request, or by the same one earlier. */
  | { readonly kind: 'accepted'; readonly status: RunStatus }
  /** The name belongs to a run with another request. */
  | { readonly kind: 'other-request' }
  /** No run has the name, and none may be started now. */
  | { readonly kind: 'not-started' }
  | LambdaFailure;

/**
 * Starts a run once, although each retry of the request has another instant.
 *
 * @param mayStart whether a run may be started that does not exist yet @default true
 */
export type RequestRun = (name: RunName, requestAt: RequestAt, mayStart?: boolean) => Promise<RequestedRun>;

type RequestRunDependencies = {
  readonly startRun: StartRun;
  readonly readExecution: ReadExecution;
  readonly now: () => Date;
};

const payloadSchema = v.looseObject({ occurredAt: v.pipe(v.string(), v.isoTimestamp()) });

/** The same caller may repeat a request in another session. */
const comparable = ({ session: _, email: __, person: ___, ...request }: Readonly<Record<string, unknown>>): string =>
  stableJson(request);

/** Whether this request, made at the instant of that run's request, would have been the same. */
const isSameRequest = (requestAt: RequestAt, { payload }: RunExecution): boolean => {
  const earlier = parseJsonAs(payloadSchema, payload);
  return earlier !== undefined && comparable(requestAt(new Date(earlier.occurredAt))) === comparable(earlier);
};

export const createRequestRun = ({ startRun, readExecution, now }: RequestRunDependencies): RequestRun => {
  // Lambda compares whole payloads, and a retry differs by its instants: only the request itself must be the same.
  const compareWithExisting = async (name: RunName, requestAt: RequestAt): Promise<RequestedRun> => {
    const existing = await readExecution(name);
    if (existing.kind === 'unknown-run') return { kind: 'not-started' };
    if (existing.kind !== 'execution') return existing;
    return isSameRequest(requestAt, existing)
      ? { kind: 'accepted', status: existing.status }
      : { kind: 'other-request' };
  };

  return async (name, requestAt, mayStart = true) => {
    if (!mayStart) return compareWithExisting(name, requestAt);
    const start = await startRun(name, requestAt(now()));
    if (start.kind === 'started') return { kind: 'accepted', status: 'RUNNING' };
    if (start.kind !== 'other-payload') return start;
    const existing = await compareWithExisting(name, requestAt);
    // It has just started, or its retention has just ended.
    return existing.kind === 'not-started'
      ? { kind: 'unavailable', detail: 'Lambda: the run is not listed yet' }
      : existing;
  };
};
