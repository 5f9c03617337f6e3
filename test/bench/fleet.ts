import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { startGreenApi } from '../../emulators/green-api/emulator.ts';
import { startLambda } from '../../emulators/lambda/emulator.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import { bundleOptions } from '../../infra/bundling/bundling.ts';
import { certificate } from '../support/certificate.ts';
import { certificateFile } from './certificate-file.ts';

export type FleetRun = {
  readonly instances: number;
  readonly seconds: number;
  /** What Lambda bills as durable operations. */
  readonly operations: number;
  readonly writtenBytes: number;
  readonly status: string;
  readonly limitBroken: number;
};

const apiTokenInstance = '0123456789abcdef'.repeat(4).slice(0, 50);
const ids = Array.from({ length: 1_000 }, (_, index) => `${1_101_000_001 + index}`);

const payload = {
  target: { all: true },
  reason: 'nightly',
  requestedBy: 'schedule nightly',
  source: 'schedule',
  expiresAt: new Date(Date.now() + 900_000).toISOString(),
  maxTargets: 3_000,
};

/** One run over 1,000 instances, from the call that starts it to its end, around a GREEN-API that takes 50 ms for each answer. */
export const measureFleetRun = async (): Promise<FleetRun> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-run-'));
  const bundle = join(folder, 'index.mjs');
  await build({ ...bundleOptions('run'), outfile: bundle });
  await using greenApi = await startGreenApi({
    instances: ids.map((idInstance) => ({ idInstance, apiTokenInstance })),
    answerDelayMs: 50,
    tls: certificate,
  });
  const secretString = JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance });
  await using secretsManager = await startSecretsManager({
    secrets: ids.map((id) => ({ name: `green-api/${id}`, secretString })),
  });
  const ended = Promise.withResolvers<{ readonly status: string; readonly at: number }>();
  let operations = 0;
  let writtenBytes = 0;
  await using lambda = await startLambda({
    folder: join(folder, 'journal'),
    functions: {
      run: {
        bundle,
        executionTimeoutMs: 120_000,
        environment: () => ({
          ALLOWED_API_HOSTS: greenApi.host,
          AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
          NODE_EXTRA_CA_CERTS: certificateFile,
        }),
      },
    },
    onOutput: () => {},
    onEvent: (event) => {
      if (event.kind !== 'history') return;
      const { EventType = '' } = event.event;
      writtenBytes += JSON.stringify(event.event).length;
      if (/^(?:Execution|Step|Wait|Context)Started$/.test(EventType)) operations += 1;
      if (/^Execution(?!Started)/.test(EventType)) ended.resolve({ status: EventType, at: performance.now() });
    },
  });
  const client = new LambdaClient({
    endpoint: lambda.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const start = performance.now();
  await client.send(
    new InvokeCommand({
      FunctionName: 'run',
      Qualifier: 'live',
      InvocationType: 'Event',
      DurableExecutionName: 'schedule-bench',
      Payload: Buffer.from(JSON.stringify(payload)),
    }),
  );
  const { status, at } = await ended.promise;
  rmSync(folder, { recursive: true, force: true });
  return {
    instances: ids.length,
    seconds: (at - start) / 1_000,
    operations,
    writtenBytes,
    status,
    limitBroken: greenApi.violations,
  };
};
