import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { parseJsonAs } from '../../functions/platform/unknown-values.ts';
import { type AwsSettings, explained } from '../aws/call-aws.ts';

/** What became of an event. */
export type HandedOver =
  /** The runs that it started. */
  | { readonly kind: 'accepted'; readonly runs: readonly string[] }
  /** `refused`: it would be refused each time. `kept`: it may be accepted later, or nobody said yes. */
  | { readonly kind: 'refused' | 'kept'; readonly problem: string };

/** The answers of the functions `offboarding` and `schedule`. */
const answerSchema = v.union([
  v.pipe(
    v.object({ runs: v.array(v.string()) }),
    v.transform(({ runs }) => runs),
  ),
  v.pipe(
    v.object({ run: v.string() }),
    v.transform(({ run }) => [run]),
  ),
]);

const errorSchema = v.object({ errorType: v.optional(v.string()), errorMessage: v.optional(v.string()) });

/** Errors of an event that no repetition makes right. Any other, such as a throttled call, may pass. */
const refusals: ReadonlySet<string> = new Set(['InvalidEvent', 'UnknownEvent', 'InvalidRequest', 'InvalidLogData']);

/** A function reads a user again for some seconds, and Lambda ends it after a minute. In milliseconds. */
const requestTimeout = 90_000;

/** Hands an event to a function, and waits for its answer. @throws CommandFailed when Lambda does not invoke it */
export const createInvokeFunction = (aws: AwsSettings) => {
  const requestHandler = { connectionTimeout: 3_000, requestTimeout };
  const client = explained(new LambdaClient({ ...aws, requestHandler }));
  return async (FunctionName: string, event: object): Promise<HandedOver> => {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }),
    );
    const text = Payload?.transformToString();
    if (FunctionError === undefined) return { kind: 'accepted', runs: parseJsonAs(answerSchema, text) ?? [] };
    const { errorType = FunctionError, errorMessage } = parseJsonAs(errorSchema, text) ?? {};
    const kind = refusals.has(errorType) ? 'refused' : 'kept';
    return { kind, problem: [errorType, errorMessage].filter(Boolean).join(': ') };
  };
};
