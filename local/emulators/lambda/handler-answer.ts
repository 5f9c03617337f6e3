import * as v from 'valibot';
import type { Ended } from './execution-record.ts';
import { type ErrorObject, errorObject } from './operation-update.ts';
import { payloadLimit, sizeOf } from './wire.ts';

/** What an invocation's answer means for its execution. */
export type HandlerAnswer =
  /** It waits for a timer. */
  { readonly kind: 'pending' } | { readonly kind: 'final'; readonly end: Pick<Ended, 'status' | 'result' | 'error'> };

const output = v.variant('Status', [
  v.object({ Status: v.literal('SUCCEEDED'), Result: v.optional(v.string()) }),
  v.object({ Status: v.literal('FAILED'), Error: v.optional(errorObject) }),
  v.object({ Status: v.literal('PENDING') }),
]);

const failWith = (error: ErrorObject): HandlerAnswer => ({ kind: 'final', end: { status: 'FAILED', error } });

const refuse = (ErrorMessage: string) => failWith({ ErrorType: 'InvalidParameterValueException', ErrorMessage });

const tooLarge = (what: string) =>
  refuse(`Execution ${what} payload size must be less than or equal to ${payloadLimit} bytes.`);

/** An answer AWS would not accept fails the execution. */
export const parseHandlerAnswer = (payload: unknown, hasTimers: boolean): HandlerAnswer => {
  const parsed = v.safeParse(output, payload);
  if (!parsed.success) return refuse('Invalid Status in invocation output.');
  const answer = parsed.output;
  switch (answer.Status) {
    case 'PENDING':
      return hasTimers ? { kind: 'pending' } : refuse('Cannot return PENDING status with no pending operations.');
    case 'SUCCEEDED':
      if (sizeOf(answer.Result) > payloadLimit) return tooLarge('output');
      return { kind: 'final', end: { status: 'SUCCEEDED', result: answer.Result } };
    case 'FAILED':
      return sizeOf(answer.Error) > payloadLimit ? tooLarge('error') : failWith(answer.Error ?? {});
  }
};
