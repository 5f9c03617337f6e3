import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetDurableExecutionCommand,
  type GetDurableExecutionCommandOutput,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { startLambda } from '../../../emulators/lambda/emulator.ts';
import type { DeadLetter, LambdaEvent, LambdaOptions } from '../../../emulators/lambda/options.ts';
import { bundleOptions } from '../../../infra/bundling/bundling.ts';
import { createRecorder } from './recorder.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder, gone when the tests of the file are over. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'lambda-'));
  folders.push(folder);
  return folder;
};

/** Builds a fixture the way `run` is built, and says where the bundle is. */
export const buildFixture = async (fixture: 'durable' | 'puppet'): Promise<string> => {
  const outfile = join(temporaryFolder(), 'index.mjs');
  const entryPoints = [join(import.meta.dirname, 'fixtures', `${fixture}.ts`)];
  await build({ ...bundleOptions('run'), entryPoints, outfile });
  return outfile;
};

export const clientOf = (endpoint: string) =>
  new LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });

const isEndOf = (arn: string) => (event: LambdaEvent) =>
  event.kind === 'history' && event.execution.arn === arn && /^Execution(?!Started)/.test(event.event.EventType ?? '');

/** An emulator with the real client in front of it, and a record of everything it reports. */
export const startHarness = async (options: Pick<LambdaOptions, 'functions'> & Partial<LambdaOptions>) => {
  const events = createRecorder<LambdaEvent>();
  const lines = createRecorder<string>();
  const letters = createRecorder<DeadLetter>();
  const problems = createRecorder<string>();
  const lambda = await startLambda({
    folder: temporaryFolder(),
    onEvent: events.add,
    onOutput: lines.add,
    deadLetter: letters.add,
    onProblem: problems.add,
    journalRetryMs: 100,
    ...options,
  });
  const client = clientOf(lambda.url);

  const start = async (payload: unknown, name?: string, FunctionName = 'run:live'): Promise<string> => {
    const started = await client.send(
      new InvokeCommand({
        FunctionName,
        InvocationType: 'Event',
        DurableExecutionName: name,
        Payload: JSON.stringify(payload),
      }),
    );
    return started.DurableExecutionArn ?? '';
  };

  const get = (DurableExecutionArn: string): Promise<GetDurableExecutionCommandOutput> =>
    client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));

  const ended = async (arn: string) => {
    await events.first(isEndOf(arn));
    return get(arn);
  };

  const dispose = async () => {
    client.destroy();
    await lambda.close();
  };
  return { ...lambda, client, events, lines, letters, problems, start, get, ended, [Symbol.asyncDispose]: dispose };
};
