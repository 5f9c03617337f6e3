import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { ForcedLogout } from '../forced-logout/request.ts';
import type { RunName } from '../forced-logout/run-name.ts';
import { errorNameOf, type LambdaFailure, lambdaFailureOf } from './lambda-failure.ts';
import { stableJson } from './stable-json.ts';

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
