import * as v from 'valibot';
import { parseInput } from '../aws-json.ts';

const id = v.pipe(v.string(), v.regex(/^[a-zA-Z0-9-_]{1,64}$/));

/** Whole seconds, from one to 366 days: a shorter wait does not exist. */
const seconds = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(31_622_400));

export const errorObject = v.object({
  ErrorMessage: v.optional(v.string()),
  ErrorType: v.optional(v.string()),
  ErrorData: v.optional(v.string()),
  StackTrace: v.optional(v.array(v.string())),
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_OperationUpdate.html */
const operationUpdate = v.object({
  Id: id,
  ParentId: v.optional(id),
  Name: v.optional(v.pipe(v.string(), v.regex(/^[\x20-\x7E]{1,256}$/))),
  Type: v.picklist(['EXECUTION', 'CONTEXT', 'STEP', 'WAIT', 'CALLBACK', 'CHAINED_INVOKE']),
  SubType: v.optional(v.pipe(v.string(), v.regex(/^[a-zA-Z-_]{1,32}$/))),
  Action: v.picklist(['START', 'SUCCEED', 'FAIL', 'RETRY', 'CANCEL']),
  Payload: v.optional(v.string()),
  Error: v.optional(errorObject),
  ContextOptions: v.optional(v.object({ ReplayChildren: v.optional(v.boolean()) })),
  StepOptions: v.optional(v.object({ NextAttemptDelaySeconds: v.optional(seconds) })),
  WaitOptions: v.optional(v.object({ WaitSeconds: v.optional(seconds) })),
});

const checkpointRequest = v.object({
  CheckpointToken: v.string(),
  ClientToken: v.optional(v.string()),
  Updates: v.optional(v.array(operationUpdate), []),
});

export type ErrorObject = v.InferOutput<typeof errorObject>;
export type OperationUpdate = v.InferOutput<typeof operationUpdate>;
export type CheckpointRequest = v.InferOutput<typeof checkpointRequest>;

/** @throws AwsError when a field breaks its constraint in the API's model */
export const parseCheckpointRequest = (body: string): CheckpointRequest =>
  parseInput(v.pipe(v.string(), v.parseJson(), checkpointRequest), body);

/** An empty body is an error object without fields. @throws AwsError as well */
export const parseErrorObject = (body: string): ErrorObject =>
  parseInput(v.pipe(v.string(), v.parseJson(), errorObject), body || '{}');

const at = v.number();

const started = v.object({
  kind: v.literal('started'),
  at,
  arn: v.string(),
  name: v.string(),
  functionName: v.string(),
  /** The payload's text: a name is an idempotency key together with it. */
  payload: v.string(),
  executionTimeoutMs: v.number(),
  /** How many times faster than real the waits of the execution pass. @default 1 */
  timeScale: v.exactOptional(v.number()),
});

const ended = v.object({
  kind: v.literal('ended'),
  at,
  status: v.picklist(['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMED_OUT']),
  result: v.optional(v.string()),
  error: v.optional(errorObject),
});

const laterRecord = v.variant('kind', [
  v.object({ kind: v.literal('invoked'), at, requestId: v.string() }),
  v.object({ kind: v.literal('checkpoint'), at, updates: v.array(operationUpdate) }),
  /** Every wait and retry that was due at `at` is over. */
  v.object({ kind: v.literal('timers-fired'), at }),
  v.object({ kind: v.literal('returned'), at, answer: v.picklist(['pending', 'final']) }),
  /** The invocation died, timed out or threw, which decides nothing about the execution. */
  v.object({ kind: v.literal('invocation-failed'), at, error: errorObject }),
  ended,
]);

export type Started = Readonly<v.InferOutput<typeof started>>;
export type Ended = Readonly<v.InferOutput<typeof ended>>;

/** What may follow the first record. */
export type LaterRecord = Readonly<v.InferOutput<typeof laterRecord>>;

/**
 * What the journal keeps of an execution, in order; its state is these records applied one after the other, and nothing
 * else. `at` is in epoch milliseconds.
 */
export type ExecutionRecord = Started | LaterRecord;

/** @throws ValiError unless these are the records of one execution */
export const parseRecords = ([first, ...later]: readonly unknown[]) => ({
  started: v.parse(started, first),
  records: v.parse(v.array(laterRecord), later),
});
