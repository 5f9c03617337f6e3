import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { startGreenApi } from '../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import { composeRun, createRunHandler } from '../../functions/run.ts';
import { useEmulators } from '../support/aws-environment.ts';
import { markerToken } from '../support/logout-setup.ts';
import { requestOf } from '../support/run-setup.ts';
import { watchSends } from '../support/watch-sends.ts';

beforeAll(() => LocalDurableTestRunner.setupTestEnvironment());
afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());

const ids = Array.from({ length: 60 }, (_, at) => String(1_101_000_001 + at));
const [resets = '', answers504 = '', answers500 = '', guarded = ''] = ids;

/** The function as it is deployed, with the real SDKs and separate emulators. Everything that it writes is kept. */
const startRunSetup = async () => {
  const instances = ids.map((idInstance) => ({ idInstance, apiTokenInstance: markerToken }));
  // It counts requests as they arrive here, and a busy process sees them late.
  const greenApi = await startGreenApi({ instances, answerDelayMs: 20, enforceLimit: false });
  const secretString = JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance: markerToken });
  const secrets = ids.map((id) => ({
    name: `green-api/${id}`,
    secretString,
    tags: { group: 'sales', protected: String(id === guarded) },
  }));
  const secretsManager = await startSecretsManager({ secrets });
  useEmulators({ secretsManager: secretsManager.url });
  const lines: string[] = [];
  const sends = watchSends();
  const dependencies = composeRun({ ALLOWED_API_HOSTS: greenApi.host }, (line) => void lines.push(line));
  const handlerFunction = createRunHandler(dependencies) as unknown as RunnerHandler;
  return {
    greenApi,
    lines,
    gaps: sends.gaps,
    run: (payload: unknown) => new LocalDurableTestRunner({ handlerFunction }).run({ payload }),
    [Symbol.asyncDispose]: async () => {
      sends[Symbol.dispose]();
      await greenApi.close();
      await secretsManager.close();
    },
  };
};
type RunnerHandler = ConstructorParameters<typeof LocalDurableTestRunner>[0]['handlerFunction'];

test('in real time, confirms every instance, respects the rate limit of GREEN-API, and never writes the token', async () => {
  await using setup = await startRunSetup();
  const { greenApi, lines } = setup;
  greenApi.setFault(resets, 'logged-out-but-reset', { times: 1 });
  greenApi.setFault(answers504, 'logged-out-but-504', { times: 1 });
  greenApi.setFault(answers500, 'http-500', { method: 'logout', times: 1 });
  const expiresAt = new Date(Date.now() + 600_000).toISOString();

  const run = await setup.run(requestOf({ target: { group: 'sales' }, clearQueue: true, expiresAt }));

  const kept = JSON.stringify([run.getHistoryEvents(), run.getOperations().map((one) => one.getOperationData())]);
  expect(run.getStatus()).toBe('SUCCEEDED');
  expect(run.getResult()).toMatchObject({
    progress: { total: 60, loggedOut: 59, failed: 0, skipped: 1, pending: 0, ready: 0 },
  });
  expect(setup.gaps().length).toBeGreaterThan(59);
  expect(Math.min(...setup.gaps())).toBeGreaterThanOrEqual(1_000);
  expect(greenApi.callsOf(guarded)).toEqual([]);
  expect(ids.filter((id) => greenApi.stateOf(id) !== 'notAuthorized')).toEqual([guarded]);
  expect(lines.filter((line) => line.includes('"evidence"'))).toHaveLength(59);
  expect(kept).toContain('round-1-batch-1');
  expect(`${kept}${lines.join('')}`).not.toContain(markerToken);
});
