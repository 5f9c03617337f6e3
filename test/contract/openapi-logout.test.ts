import fc from 'fast-check';
import { type FaultName, faultNames } from '../../emulators/green-api/faults.ts';
import { failureRows } from '../../functions/http/logout-response.ts';
import type { FailureKind } from '../../functions/logout/outcome.ts';
import { createLogoutHandler } from '../../functions/logout.ts';
import { anyText } from '../support/any-text.ts';
import { contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';
import { idInstance, startLogoutSetup } from '../support/logout-setup.ts';
import { allows, checkAnswer } from '../support/openapi-check.ts';
import {
  codesOf,
  examplesOf,
  expectExamples,
  lintOpenApi,
  operationOf,
  requestExamplesOf,
} from '../support/openapi-document.ts';
import { createShortWaits } from '../support/short-waits.ts';

const routeKey = 'POST /instances/{idInstance}/logout';
const { document } = lintOpenApi();
const operation = operationOf(document, routeKey);

type Setup = Awaited<ReturnType<typeof startLogoutSetup>>;
type SendRequest = (setup: Setup, id: string) => ReturnType<Setup['logOut']>;

const whenLogoutMeets =
  (fault: FaultName, wait = 1): SendRequest =>
  (setup, id) => {
    setup.greenApi.setFault(id, fault, { method: 'logout' });
    return setup.logOut({ id, wait });
  };

const failures = {
  unconfirmed: whenLogoutMeets('still-authorized'),
  refused: whenLogoutMeets('is-logout-false'),
  'credential-rejected': whenLogoutMeets('http-401-text'),
  'wrong-instance-or-host': whenLogoutMeets('http-403-html'),
  'request-refused': whenLogoutMeets('bad-request-data'),
  'instance-expired': whenLogoutMeets('expired'),
  'instance-deleted': whenLogoutMeets('deleted'),
  'instance-starting': whenLogoutMeets('starting'),
  'rate-limited': whenLogoutMeets('http-429'),
  'quota-exceeded': whenLogoutMeets('http-466'),
  unavailable: whenLogoutMeets('http-500', 0),
  'timed-out': whenLogoutMeets('hang', 0),
  'unknown-instance': (setup, id) => {
    setup.secretsManager.remove(`green-api/${id}`);
    return setup.logOut({ id });
  },
  'credential-unreadable': (setup, id) => {
    setup.secretsManager.put({ name: `green-api/${id}`, secretString: '{}' });
    return setup.logOut({ id });
  },
} satisfies Record<FailureKind, SendRequest>;

const breaking = createLogoutHandler({
  logOut: () => Promise.reject(new Error('unexpected')),
  tokenRotation: false,
  log: () => {},
});

const withoutRotation = createLogoutHandler({
  logOut: () => Promise.reject(new Error('unexpected')),
  tokenRotation: false,
  log: () => {},
});

const rotate = '{"clearQueue":false,"rotateToken":true}';

const whenRotationMeets =
  (fault: FaultName): SendRequest =>
  (setup, id) => {
    setup.greenApi.setFault(id, fault, { method: 'updateApiToken' });
    return setup.logOut({ id, wait: 3, body: rotate });
  };

const requests: Readonly<Record<string, SendRequest>> = {
  ...failures,
  'token-rotated': (setup, id) => setup.logOut({ id, wait: 3, body: '{"clearQueue":true,"rotateToken":true}' }),
  'token-not-rotated': whenRotationMeets('code-401'),
  'token-lost': whenRotationMeets('token-changed-but-500'),
  'token-rotation-disabled': async (_, id) =>
    parseAnswer(await withoutRotation(httpEventOf({ pathParameters: { idInstance: id }, body: rotate }), contextOf())),
  'logged-out': (setup, id) => setup.logOut({ id, wait: 1 }),
  'logged-out-silently': whenLogoutMeets('logged-out-but-500', 3),
  'already-logged-out': (setup, id) => {
    setup.greenApi.setState(id, 'notAuthorized');
    return whenLogoutMeets('starting-or-not-authorized')(setup, id);
  },
  'logout-accepted': (setup, id) => setup.logOut({ id, wait: 0 }),
  'invalid-request': (setup, id) => setup.logOut({ id, body: '{"wait":3}' }),
  'internal-error': async (_, id) =>
    parseAnswer(await breaking(httpEventOf({ pathParameters: { idInstance: id } }), contextOf())),
};

/** The instant in the examples. */
const exampleInstant = '2026-11-22T09:00:04.000Z';

const sendAll = (setup: Setup) =>
  Promise.all(
    Object.entries(requests).map(async ([name, send], index) => {
      const id = String(7_103_000_000 + index);
      setup.add(id);
      const answer = JSON.stringify(await send(setup, id))
        .replaceAll(id, idInstance)
        .replace(/(?<="confirmedAt":")[^"]+/, exampleInstant);
      return [name, JSON.parse(answer)] as const;
    }),
  );

test('every kind of answer is documented, and its example is what the function answers; npm run docs:openapi writes it', async () => {
  await using setup = await startLogoutSetup({
    variables: { TOKEN_ROTATION: 'enabled' },
    // In a second it reads the state once, as the example says.
    waits: { ...createShortWaits(), rateLimiter: {} },
  });

  const answers = await sendAll(setup);

  expect(answers.flatMap(([name, answer]) => checkAnswer(operation, answer).map((wrong) => [name, wrong]))).toEqual([]);
  expect(Object.keys(examplesOf(operation)).toSorted()).toEqual(answers.map(([name]) => name).toSorted());
  expectExamples(document, routeKey, Object.fromEntries(answers));
  for (const [, { status, headers }] of answers) {
    expect(headers['cache-control']).toBe('no-store');
    expect('retry-after' in headers).toBe(status === 429 || status === 503);
  }
});

test('the codes and their statuses are those of the table, and no others', () => {
  const table = Object.entries(failureRows).map(([code, { status }]) => `${status} ${code}`);

  const others = [
    '400 invalid-request',
    '403 role-missing',
    '409 token-rotation-disabled',
    '500 internal-error',
    '502 token-lost',
    '502 token-not-rotated',
  ];

  expect(codesOf(operation).toSorted()).toEqual([...table, ...others].toSorted());
});

test('the answer to every fault of the logout or the reading is documented', async () => {
  await using setup = await startLogoutSetup();
  const met = faultNames.flatMap((fault) => [[fault, 'logout'] as const, [fault, 'getStateInstance'] as const]);

  const wrong = await Promise.all(
    met.map(async ([fault, method], index) => {
      const id = String(7_103_000_000 + index);
      setup.add(id);
      setup.greenApi.setFault(id, fault, { method });
      return checkAnswer(operation, await setup.logOut({ id, wait: 1 })).map((problem) => [fault, method, problem]);
    }),
  );

  expect(wrong.flat()).toEqual([]);
});

describe('the function accepts exactly what the document allows', () => {
  const handler = createLogoutHandler({
    logOut: async () => ({ outcome: { kind: 'logged-out', confirmed: false, isLogout: true }, followUp: {} }),
    tokenRotation: true,
    log: () => {},
  });
  const accepts = async (body: string | undefined, headers = {}, id = idInstance) => {
    const event = httpEventOf({ pathParameters: { idInstance: id }, headers, ...(body !== undefined && { body }) });
    const answer = parseAnswer(await handler(event, contextOf()));
    expect(checkAnswer(operation, answer)).toEqual([]);
    return answer.status !== 400;
  };
  const bodySchema = operation.requestBody?.content['application/json'].schema ?? {};
  const schemaOf = (parameter: string) => operation.parameters.find(({ name }) => name === parameter)?.schema ?? {};

  const text = fc.oneof(
    anyText({ maxLength: 5 }),
    fc.constantFrom('x'.repeat(256), 'x'.repeat(257), '😀'.repeat(256), '😀'.repeat(257), 'a\u2028b', '\u0085'),
  );
  const body = fc.oneof(
    fc.record({ reason: text }),
    fc.record({ reason: fc.jsonValue() }),
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.constantFrom(null, 'reason', 1, true, ['reason']),
  );

  test('bodies', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        expect(await accepts(JSON.stringify(value))).toBe(allows(bodySchema, value));
      }),
    );
  });

  test('ids', async () => {
    const id = fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{0,12}$/), fc.constantFrom('1\n', '١', '../1'));

    await fc.assert(
      fc.asyncProperty(id, async (value) => {
        expect(await accepts(undefined, {}, value)).toBe(allows(schemaOf('idInstance'), value));
      }),
    );
  });

  test.each(requestExamplesOf(operation))('the example %s of a request', async (_, example) => {
    expect(await accepts(JSON.stringify(example))).toBe(true);
  });

  test.each(['', ' ', '{}'])('the body %j', async (nothing) => {
    expect(await accepts(nothing)).toBe(true);
  });

  test.each([
    ['just over', 4_097, false],
    ['just under', 4_096, true],
  ])('a body %s the longest allowed', async (_, bytes, isAccepted) => {
    expect(await accepts('{}'.padEnd(bytes))).toBe(isAccepted);
  });

  test.each(['wait=0', 'wait=20', 'wait=999', 'wait=soon', 'respond-async, wait="7"', ''])(
    'the preference %j, which is never refused',
    async (prefer) => {
      expect(await accepts('{}', { prefer })).toBe(true);
    },
  );
});
