import { json } from 'node:stream/consumers';
import {
  CheckpointDurableExecutionCommand,
  GetDurableExecutionStateCommand,
  type OperationUpdate,
} from '@aws-sdk/client-lambda';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';
import { startHarness } from './harness.ts';
import { createRecorder } from './recorder.ts';

type InvocationEvent = {
  readonly DurableExecutionArn: string;
  readonly CheckpointToken: string;
  readonly UpdatedOperationIds: readonly string[];
  readonly InitialExecutionState: {
    readonly Operations: readonly { readonly Id: string; readonly Status: string }[];
    readonly NextMarker?: string;
  };
};

type Invocation = { readonly event: InvocationEvent; readonly answer: (output: unknown) => void };

const parseEvent = (event: unknown) => event as InvocationEvent;

/** An emulator whose function is the test itself: the test receives the invocations, makes the checkpoints and answers. */
export const startPuppet = async (bundle: string) => {
  const invocations = createRecorder<Invocation>();
  const returned = new Set<Invocation>();
  const server = await startLoopbackServer(async (request, response) => {
    const event = parseEvent(await json(request));
    const { promise, resolve } = Promise.withResolvers<unknown>();
    invocations.add({ event, answer: resolve });
    response.end(JSON.stringify(await promise));
  }, {});
  const environment = { ANSWERS_URL: server.url };
  const harness = await startHarness({
    functions: { run: { bundle, environment: () => environment, executionTimeoutMs: 600_000 } },
  });

  const invocation = async (): Promise<Invocation> => {
    const next = await invocations.first((one) => !returned.has(one));
    // Another caller may have waited for the same invocation.
    if (returned.has(next)) return invocation();
    returned.add(next);
    return next;
  };

  const checkpoint = (
    { DurableExecutionArn }: InvocationEvent,
    CheckpointToken: string | undefined,
    Updates: OperationUpdate[],
    ClientToken?: string,
  ) =>
    harness.client.send(
      new CheckpointDurableExecutionCommand({ DurableExecutionArn, CheckpointToken, Updates, ClientToken }),
    );

  const state = ({ DurableExecutionArn }: InvocationEvent, CheckpointToken: string | undefined, query: object = {}) =>
    harness.client.send(new GetDurableExecutionStateCommand({ DurableExecutionArn, CheckpointToken, ...query }));

  const dispose = async () => {
    await harness[Symbol.asyncDispose]();
    await server.close();
  };
  return { ...harness, invocation, checkpoint, state, [Symbol.asyncDispose]: dispose };
};
