import { functionNames } from '../../infra/bundling/bundling.ts';
import { httpEventOf } from '../support/http-event.ts';
import { startFleet } from './fleet.ts';
import { startEnvironment } from './lambda/environment.ts';
import { until } from './until.ts';

jest.setTimeout(60_000);

const idInstance = '1101000001';
const ids = [idInstance];

const logoutOf = (id: string, wait = 5) =>
  httpEventOf({ pathParameters: { idInstance: id }, headers: { prefer: `wait=${wait}` } });

const response = (statusCode: number, part: object) => ({
  kind: 'response',
  body: expect.objectContaining({
    statusCode,
    body: expect.stringContaining(JSON.stringify(part).slice(1, -1)),
  }),
});

test.each(functionNames)('the bundle of %s starts under the runtime client', async (functionName) => {
  await using environment = await startEnvironment({ functionName });

  expect(await environment.started).toEqual({ kind: 'ready' });
});

test.each([
  ['logout', 'SECRET_PREFIX', '!x/'],
  ['instances', 'SECRET_PREFIX', '!x/'],
  ['state', 'ALLOWED_API_HOSTS', 'https://example.com/'],
  ['run', 'GREEN_API_TIMEOUT_MS', 'soon'],
  ['forced-logouts', 'RUN_QUALIFIER', 'live:1'],
  ['schedule', 'MAX_TARGETS_CEILING', '0'],
  ['offboarding', 'RUN_FUNCTION', 'run:live'],
])('%s with a wrong %s reports an init error that names it', async (functionName, name, value) => {
  await using environment = await startEnvironment({ functionName, variables: { [name]: value } });

  expect(await environment.started).toEqual({
    kind: 'init-error',
    error: expect.objectContaining({
      errorType: 'EnvironmentError',
      errorMessage: expect.stringMatching(`^The environment of this function is wrong: ${name} must `),
    }),
  });
  expect(await environment.exited).not.toBe(0);
});

test('a logout that takes too long is answered a second before the deadline', async () => {
  await using fleet = await startFleet({ ids });
  fleet.greenApi.setFault(idInstance, 'hang');
  await using environment = await startEnvironment({ functionName: 'logout', variables: fleet.variables });
  const deadline = performance.now() + 4_000;

  const answer = await environment.invoke(logoutOf(idInstance, 20), 4_000);

  expect(answer).toEqual(response(504, { code: 'timed-out' }));
  expect(performance.now()).toBeLessThan(deadline);
});

test('a list that takes too long is answered before the deadline', async () => {
  await using fleet = await startFleet({ ids });
  fleet.secretsManager.setFault('*', 'hang');
  await using environment = await startEnvironment({ functionName: 'instances', variables: fleet.variables });
  const deadline = performance.now() + 29_000;

  const answer = await environment.invoke(httpEventOf({}), 29_000);

  expect(answer).toEqual(response(503, { code: 'unavailable' }));
  expect(performance.now()).toBeLessThan(deadline);
});

test('a logout whose environment is killed gets no answer, and the next environment confirms it', async () => {
  await using fleet = await startFleet({ ids });
  const { greenApi, variables } = fleet;
  greenApi.setFault(idInstance, 'slow', { times: 1, delayMs: 5_000 });
  await using killed = await startEnvironment({ functionName: 'logout', variables });
  await using next = await startEnvironment({ functionName: 'logout', variables });

  const lost = killed.invoke(logoutOf(idInstance));
  await until(() => greenApi.callsOf(idInstance, 'logout').length === 1);
  killed.kill();

  expect(await lost).toEqual({ kind: 'died' });
  // GREEN-API's rate limit counts the request of the killed environment, which the new one does not know.
  await until(() => Date.now() - (greenApi.callsOf(idInstance)[0]?.at ?? 0) > 1_000);
  expect(await next.invoke(logoutOf(idInstance))).toEqual(response(200, { confirmed: true }));
});
