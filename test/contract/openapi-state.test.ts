import { type FaultName, faultNames } from '../../emulators/green-api/faults.ts';
import { failureRows } from '../../functions/http/logout-response.ts';
import { composeState, createStateHandler } from '../../functions/state.ts';
import { contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';
import { idInstance, startLogoutSetup } from '../support/logout-setup.ts';
import { checkAnswer } from '../support/openapi-check.ts';
import { codesOf, examplesOf, expectExamples, lintOpenApi, operationOf } from '../support/openapi-document.ts';

const routeKey = 'GET /instances/{idInstance}/state';
const { document } = lintOpenApi();
const operation = operationOf(document, routeKey);

const startStateSetup = async () => {
  const setup = await startLogoutSetup();
  const readWithin = (timeoutMs: number) => {
    const variables = { ALLOWED_API_HOSTS: setup.greenApi.host, GREEN_API_TIMEOUT_MS: `${timeoutMs}` };
    const { readState, log } = composeState(variables, () => {});
    const handler = createStateHandler({ readState, now: () => new Date('2026-11-30T17:00:00Z'), log });
    return async (id: string) =>
      parseAnswer(await handler(httpEventOf({ pathParameters: { idInstance: id } }), contextOf()));
  };
  // An answer may be late, because the emulator is in this process. Nobody waits for one that never comes.
  return { ...setup, readState: readWithin(20_000), readStateInVain: readWithin(100) };
};

type Setup = Awaited<ReturnType<typeof startStateSetup>>;
type Call = (setup: Setup, id: string) => ReturnType<Setup['readState']>;

const whenReadingMeets =
  (fault: FaultName): Call =>
  (setup, id) => {
    setup.greenApi.setFault(id, fault, { method: 'getStateInstance' });
    return setup.readState(id);
  };

const breaking = createStateHandler({
  readState: () => Promise.reject(new Error('unexpected')),
  now: () => new Date(),
  log: () => {},
});

const calls: Readonly<Record<string, Call>> = {
  state: (setup, id) => setup.readState(id),
  'invalid-request': (setup) => setup.readState('x'),
  'unknown-instance': (setup, id) => {
    setup.secretsManager.remove(`green-api/${id}`);
    return setup.readState(id);
  },
  'credential-unreadable': (setup, id) => {
    setup.secretsManager.put({ name: `green-api/${id}`, secretString: '{}' });
    return setup.readState(id);
  },
  'credential-rejected': whenReadingMeets('http-401-text'),
  'wrong-instance-or-host': whenReadingMeets('http-403-html'),
  'request-refused': whenReadingMeets('bad-request-data'),
  'instance-expired': whenReadingMeets('expired'),
  'instance-deleted': whenReadingMeets('deleted'),
  'instance-starting': whenReadingMeets('starting'),
  'rate-limited': whenReadingMeets('http-429'),
  'quota-exceeded': whenReadingMeets('http-466'),
  unavailable: whenReadingMeets('http-500'),
  'timed-out': (setup, id) => {
    setup.greenApi.setFault(id, 'hang', { method: 'getStateInstance' });
    return setup.readStateInVain(id);
  },
  'internal-error': async (_, id) =>
    parseAnswer(await breaking(httpEventOf({ pathParameters: { idInstance: id } }), contextOf())),
};

test('every kind of answer is documented, and its example is what the function answers; npm run docs:openapi writes it', async () => {
  await using setup = await startStateSetup();

  const answers = await Promise.all(
    Object.entries(calls).map(async ([name, call], index) => {
      const id = String(7_103_000_000 + index);
      setup.add(id);
      return [name, JSON.parse(JSON.stringify(await call(setup, id)).replaceAll(id, idInstance))] as const;
    }),
  );

  expect(answers.flatMap(([name, answer]) => checkAnswer(operation, answer).map((wrong) => [name, wrong]))).toEqual([]);
  expect(Object.keys(examplesOf(operation)).toSorted()).toEqual(answers.map(([name]) => name).toSorted());
  expectExamples(document, routeKey, Object.fromEntries(answers));
  for (const [, { status, headers }] of answers) {
    expect(headers['cache-control']).toBe('no-store');
    expect('retry-after' in headers).toBe(status === 429 || status === 503);
  }
});

test('the codes are those of a logout, except for the two that only a logout has', () => {
  const { unconfirmed: _, refused: __, ...rows } = failureRows;
  const table = Object.entries(rows).map(([code, { status }]) => `${status} ${code}`);

  expect(codesOf(operation).toSorted()).toEqual(
    [...table, '400 invalid-request', '403 role-missing', '500 internal-error'].toSorted(),
  );
});

test('the answer to every fault of the reading is documented, and nothing is logged out', async () => {
  await using setup = await startStateSetup();

  const wrong = await Promise.all(
    faultNames.map(async (fault, index) => {
      const id = String(7_103_000_000 + index);
      setup.add(id);
      setup.greenApi.setFault(id, fault);
      const read = fault.includes('hang') ? setup.readStateInVain : setup.readState;
      return checkAnswer(operation, await read(id)).map((problem) => [fault, problem]);
    }),
  );

  expect(wrong.flat()).toEqual([]);
  expect(faultNames.flatMap((_, index) => setup.greenApi.callsOf(String(7_103_000_000 + index), 'logout'))).toEqual([]);
});
