import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import * as v from 'valibot';
import { createForcedLogoutsHandler } from '../../functions/forced-logouts.ts';
import { createInstancesHandler } from '../../functions/instances.ts';
import type { LogoutRequest } from '../../functions/logout/log-out.ts';
import { composeLogout, createLogoutHandler } from '../../functions/logout.ts';
import { createOffboardingHandler } from '../../functions/offboarding.ts';
import type { Log } from '../../functions/platform/log.ts';
import { readEnvironment, readStartingEnvironment } from '../../functions/platform/settings.ts';
import { RunFailure } from '../../functions/runs/conclude.ts';
import { createExecuteRun } from '../../functions/runs/execute-run.ts';
import type { StartRun } from '../../functions/runs/lambda/start-run.ts';
import { fieldsOf, type RunRequest, runRequestSchema } from '../../functions/runs/request.ts';
import { createScheduleHandler } from '../../functions/schedule.ts';
import { variableNames } from '../../infra/constructs/function-environment.ts';
import { anyText } from '../support/any-text.ts';
import { createClock, execute } from '../support/fake-execution.ts';
import { type Answer, contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';
import { markerToken, startLogoutSetup } from '../support/logout-setup.ts';
import {
  honestBody,
  hostileAddress,
  hostileBody,
  hostileHeaders,
  hostileText,
  hostileValue,
} from '../support/system/hostile-values.ts';
import { startTraps, watchConnections } from '../support/system/traps.ts';

const limits = { maxTargetsCeiling: 500, executionTimeoutMs: 30 * 86_400_000 };
const now = () => new Date('2026-11-30T17:00:00Z');

/** The functions, with dependencies that record each call. */
const openHandlers = () => {
  const logouts: LogoutRequest[] = [];
  const runs: RunRequest[] = [];
  const unexpected: object[] = [];
  const ids: string[] = [];
  const lists: (string | undefined)[] = [];
  const log: Log = (_level, message, error) => {
    if (message === 'unexpected error') unexpected.push(error);
  };
  const startRun: StartRun = async (id, request) => {
    runs.push(request);
    return { kind: 'started', id };
  };
  const byId = async (id: string) => {
    ids.push(id);
    return { kind: 'unknown-run' } as const;
  };
  const common = { stack: 'green-api-logout', now, log };
  return {
    logouts,
    runs,
    ids,
    lists,
    unexpected,
    logout: createLogoutHandler({
      logOut: async (request) => {
        logouts.push(request);
        return { outcome: { kind: 'logged-out', confirmed: false, isLogout: true }, followUp: {} };
      },
      tokenRotation: true,
      log,
    }),
    instances: createInstancesHandler({
      listInstances: async (next) => {
        lists.push(next);
        return { kind: 'page', instances: [], unreadable: [] };
      },
      nowMs: () => 0,
      log,
    }),
    'forced-logouts': createForcedLogoutsHandler({
      ...common,
      limits,
      requestRun: async (_, requestAt) => {
        runs.push(requestAt(now()));
        return { kind: 'accepted', status: 'RUNNING' };
      },
      listRuns: async ({ next }) => {
        lists.push(next);
        return { kind: 'page', runs: [] };
      },
      readRun: byId,
      stopRun: byId,
      recordStopped: async () => {},
      readWatch: byId,
      stopWatch: byId,
    }),
    schedule: createScheduleHandler({ ...common, limits, startRun }),
    offboarding: createOffboardingHandler({
      ...common,
      limits,
      startRun,
      findRun: async () => ({ kind: 'unknown-run' }),
      watchDays: {},
      nativeEvents: true,
      isDisabled: async () => true,
    }),
  };
};

/** What holds for every answer to a stranger: it is ours, it names what is wrong, and it is short. */
const assess = ({ status, headers, body }: Answer) => {
  expect([200, 202, 400, 404]).toContain(status);
  if (status === 400) expect([body.code, typeof body.field]).toEqual(['invalid-request', 'string']);
  expect(headers['content-type']).toBe(status < 400 ? 'application/json' : 'application/problem+json');
  expect(JSON.stringify(body).length).toBeLessThan(1_000);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
};

const routes = [
  ['logout', 'POST /instances/{idInstance}/logout'],
  ['instances', 'GET /instances'],
  ['forced-logouts', 'POST /forced-logouts'],
  ['forced-logouts', 'GET /forced-logouts'],
  ['forced-logouts', 'GET /forced-logouts/{id}'],
  ['forced-logouts', 'DELETE /forced-logouts/{id}'],
] as const;

test.each(routes)(
  'the %s function answers %s with any content, and passes on only valid values',
  async (handler, routeKey) => {
    const functions = openHandlers();
    const id = fc.oneof(hostileText, fc.constantFrom('1101000001', `api-${'0'.repeat(40)}`));
    const parameter = fc.oneof(fc.constantFrom('owner', 'group', 'next'), hostileText);
    const requests = fc.record({
      pathParameters: id.map((text): Record<string, string> => ({ idInstance: text, id: text })),
      queryStringParameters: fc.dictionary(parameter, hostileText, { maxKeys: 3 }),
      headers: fc.oneof(hostileHeaders, fc.constant({})),
      body: fc.oneof(hostileBody, honestBody),
      isBase64Encoded: fc.oneof(fc.boolean(), fc.constant(false)),
    });

    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        assess(parseAnswer(await functions[handler](httpEventOf({ routeKey, ...request }), contextOf())));
      }),
      { numRuns: 300 },
    );

    const { logouts, runs, ids, lists } = functions;
    expect(functions.unexpected).toEqual([]);
    // Some requests were valid, or nothing would have been tried.
    expect(logouts.length + runs.length + ids.length + lists.length).toBeGreaterThan(0);
    for (const { idInstance, reason = 'none', waitMs } of logouts) {
      expect(idInstance).toMatch(/^[0-9]{1,20}$/);
      expect(reason).toMatch(/^[^\p{Cc}]{1,256}$/u);
      expect(waitMs).toBeLessThanOrEqual(20_000);
    }
    for (const request of runs) expect(() => v.parse(runRequestSchema, request)).not.toThrow();
    for (const one of ids) expect(one).toMatch(/^(?:api|event|schedule)-[0-9a-f]{40}$/);
  },
);

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'wait', ''])(
  'an unknown field of the body is refused, also one named %j',
  async (name) => {
    const functions = openHandlers();
    const field = `${JSON.stringify(name)}:{"polluted":true}`;
    const answers = await Promise.all([
      functions.logout(httpEventOf({ pathParameters: { idInstance: '1101000001' }, body: `{${field}}` }), contextOf()),
      functions['forced-logouts'](
        httpEventOf({
          routeKey: 'POST /forced-logouts',
          body: `{"target":{"all":true},"reason":"phones lost",${field}}`,
        }),
        contextOf(),
      ),
      functions['forced-logouts'](
        httpEventOf({
          routeKey: 'POST /forced-logouts',
          body: `{"target":{"all":true,${field}},"reason":"phones lost"}`,
        }),
        contextOf(),
      ),
    ]);

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400]);
    expect([functions.logouts, functions.runs]).toEqual([[], []]);
  },
);

const secret = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

type Send = (functions: ReturnType<typeof openHandlers>, name: string, json: string) => Promise<Answer>;

const sendBody =
  (handler: 'logout' | 'forced-logouts', routeKey: string, fields: string): Send =>
  async (functions, name, json) => {
    const event = { routeKey, pathParameters: { idInstance: '1101000001' } };
    const body = `{${fields},${JSON.stringify(name)}:${json}}`;
    return parseAnswer(await functions[handler](httpEventOf({ ...event, body }), contextOf()));
  };

const sendQuery =
  (handler: 'instances' | 'forced-logouts', routeKey: string): Send =>
  async (functions, name, json) => {
    const queryStringParameters = { [name]: String(JSON.parse(json)) };
    return parseAnswer(await functions[handler](httpEventOf({ routeKey, queryStringParameters }), contextOf()));
  };

const requests: readonly (readonly [string, readonly string[], Send])[] = [
  [
    'a logout',
    ['reason', 'clearQueue', 'rotateToken'],
    sendBody('logout', 'POST /instances/{idInstance}/logout', '"reason":"phone lost"'),
  ],
  [
    'a request for a run',
    Object.keys(fieldsOf('api')),
    sendBody('forced-logouts', 'POST /forced-logouts', '"target":{"all":true},"reason":"phones lost"'),
  ],
  [
    'a request for a retry',
    ['retryOf', 'reason', 'dryRun', 'maxTargets', 'evenIfStopped'],
    sendBody('forced-logouts', 'POST /forced-logouts', `"retryOf":"api-${'0'.repeat(40)}"`),
  ],
  ['the list of instances', ['owner', 'group', 'query', 'next'], sendQuery('instances', 'GET /instances')],
  ['the list of runs', ['status', 'next'], sendQuery('forced-logouts', 'GET /forced-logouts')],
];

const oddName = fc.oneof(
  anyText({ maxLength: 100 }),
  fc.constantFrom(
    ...['', ' ', 'a b', 'a\tb', 'a\r\nb', '"a"', "'a'", '0', 'target.instances.0', 'body', 'query', 'is missing'],
    ...['__proto__', 'constructor', 'toString', 'фамилия', '名前', '\ud800', '😀'.repeat(40), 'x'.repeat(1_000)],
  ),
);

test.each(requests)('%s names an unknown field as it was sent, and not its value', async (_what, names, send) => {
  const functions = openHandlers();
  const known = new Set([...names, 'retryOf']);

  await fc.assert(
    fc.asyncProperty(
      oddName.filter((name) => !known.has(name)),
      async (name) => {
        const { status, body } = await send(functions, name, JSON.stringify(secret));

        const field = name.slice(0, 64).toWellFormed();
        const detail = `${field || '""'} is not a field of this request`;
        expect([status, body.field, body.detail]).toEqual([400, field, detail]);
        expect(JSON.stringify(body)).not.toContain(secret);
      },
    ),
    { numRuns: 200 },
  );
});

const oddValues = [
  ...['null', '7', '-1', '1.5', '1e999', 'true', 'false', '[]', '[[]]', '{}', '""', '" "', '"a\\u0000b"', '"\\ud800"'],
  ...[secret, [secret], { [secret]: secret }, { '': secret }, 'x'.repeat(2_000), ['x'.repeat(2_000)]].map((value) =>
    JSON.stringify(value),
  ),
];

test.each(requests)('%s names the field of a wrong value, and says what it must be', async (_what, names, send) => {
  for (const name of names) {
    const answers = await Promise.all(oddValues.map((json) => send(openHandlers(), name, json)));

    const refusals = answers.filter(({ status }) => status === 400);
    expect(refusals.length).toBeGreaterThan(0);
    for (const { body } of refusals) {
      expect([name, `${name}.0`]).toContain(body.field);
      expect(body.detail).toMatch(new RegExp(`^${body.field} (?:must|is) .{3,150}$`));
      expect(JSON.stringify(body)).not.toContain(secret);
    }
  }
});

test.each([
  ['instances', 'GET /instances', 'owner=ann@example.com&owner=bob@example.com', 'owner'],
  ['instances', 'GET /instances', 'group=sales&owner=ann@example.com&gr%6Fup=support', 'group'],
  ['forced-logouts', 'GET /forced-logouts', 'next=a&next=a', 'next'],
] as const)(
  'the %s function refuses %s?%s, which gives a parameter twice',
  async (handler, routeKey, search, field) => {
    const functions = openHandlers();
    // As the gateway does.
    const parameters = new URLSearchParams(search);
    const names = [...new Set(parameters.keys())];
    const queryStringParameters = Object.fromEntries(names.map((name) => [name, parameters.getAll(name).join(',')]));
    const event = httpEventOf({ routeKey, queryStringParameters, rawQueryString: search });

    const { status, body } = parseAnswer(await functions[handler](event, contextOf()));

    expect([status, body.field, body.detail]).toEqual([400, field, `${field} must be given once`]);
    expect(functions.lists).toEqual([]);
  },
);

test('the last value of a repeated key counts, and the run is started with it', async () => {
  const functions = openHandlers();
  const body = '{"target":{"all":true},"reason":"first","target":{"instances":["1101000001"]},"reason":"last"}';

  await functions['forced-logouts'](httpEventOf({ routeKey: 'POST /forced-logouts', body }), contextOf());

  expect(functions.runs).toMatchObject([{ target: { instances: ['1101000001'] }, reason: 'last' }]);
});

test.each(['schedule', 'offboarding'] as const)(
  'the %s function starts nothing for a value that is not its event',
  async (handler) => {
    const functions = openHandlers();

    await fc.assert(
      fc.asyncProperty(hostileValue, async (event) => {
        const error = await functions[handler](event, contextOf()).then(
          () => undefined,
          (thrown: Error) => thrown,
        );
        expect(['InvalidRequest', 'InvalidEvent', 'UnknownEvent']).toContain(error?.name);
        expect(error?.message.length).toBeLessThan(200);
      }),
      { numRuns: 300 },
    );

    expect(functions.runs).toEqual([]);
  },
);

test('a run does nothing for an invalid payload', async () => {
  const never = () => {
    throw new Error('nothing may be called');
  };
  const dependencies = {
    callWithCredential: never,
    greenApi: {},
    listInstances: never,
    readTags: never,
    recordEvidence: never,
    log: never,
  };
  const run = createExecuteRun({ ...dependencies, now } as unknown as Parameters<typeof createExecuteRun>[0]);

  await fc.assert(
    fc.asyncProperty(hostileValue, async (payload) => {
      const { error } = await execute(createClock(), (durable) =>
        run(payload, { name: `api-${'0'.repeat(40)}`, durable, remainingMs: () => 900_000 }),
      );
      expect(error).toBeInstanceOf(RunFailure);
      expect(error).toMatchObject({ errorType: 'InvalidRun' });
    }),
    { numRuns: 300 },
  );
});

test('a secret that names any other host is refused, without a connection', async () => {
  await using setup = await startLogoutSetup({ variables: { CREDENTIAL_TTL_MS: '0' } });
  const allowed = Number(new URL(setup.greenApi.apiUrl).port);
  await using traps = await startTraps(allowed);
  using watch = watchConnections();
  const trap = Number(traps.authorities[0]?.split(':')[1]);
  let serial = 0;
  let refused = 0;

  const refuses = async (apiUrl: string) => {
    const id = String(7_103_000_000 + serial++);
    setup.secretsManager.put({
      name: `green-api/${id}`,
      secretString: JSON.stringify({ apiUrl, apiTokenInstance: markerToken }),
    });
    const { body } = await setup.logOut({ id });
    const isAllowed =
      apiUrl
        .replace(/^https:/i, 'http:')
        .replace(/(?:\/v3)?\/?$/i, '')
        .toLowerCase() === setup.greenApi.apiUrl;
    // The emulator knows no such instance, and speaks no TLS.
    const codes = isAllowed ? ['wrong-instance-or-host', 'unavailable'] : ['credential-unreadable'];
    expect(codes).toContain(body.code);
    if (!isAllowed) refused += 1;
  };
  await fc.assert(fc.asyncProperty(hostileAddress({ allowed, trap }), refuses), { numRuns: 400 });

  expect(refused).toBeGreaterThan(200);
  expect(traps.caught()).toBe(0);
  const known = [setup.greenApi.host, new URL(setup.secretsManager.url).host];
  expect([...watch.places].filter((place) => !known.includes(place))).toEqual([]);
  expect(setup.lines.join('')).not.toContain(markerToken);
});

test.each([301, 302, 303, 307, 308])('a redirect with %i from an allowed host is not followed', async (status) => {
  await using traps = await startTraps(0);
  const elsewhere = `http://${traps.authorities[0]}/`;
  const server = createServer((request, response) => {
    const location = new URL(request.url ?? '', elsewhere).href;
    response
      .writeHead(status, { location, refresh: `0; url=${location}`, 'alt-svc': `h2="${traps.authorities[0]}"` })
      .end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using setup = await startLogoutSetup({ variables: { ALLOWED_API_HOSTS: host } });
  setup.secretsManager.put({
    name: 'green-api/7103000001',
    secretString: JSON.stringify({ apiUrl: `http://${host}`, apiTokenInstance: markerToken }),
  });
  using watch = watchConnections();

  const answer = await setup.logOut({ id: '7103000001', wait: 1 });
  server.close();

  expect([answer.status, answer.body.code]).toEqual([502, 'request-refused']);
  expect(traps.caught()).toBe(0);
  expect([...watch.places].toSorted()).toEqual([host, new URL(setup.secretsManager.url).host].toSorted());
});

test('the traps work: a connection to one is recorded', async () => {
  await using traps = await startTraps(0);
  using watch = watchConnections();

  await fetch(`http://${traps.authorities[0]}/`).catch(() => {});

  expect(traps.caught()).toBe(1);
  expect([...watch.places]).toEqual([traps.authorities[0]]);
});

test('an environment of any content is accepted as a whole or refused by name', () => {
  const variables = fc.dictionary(fc.constantFrom(...variableNames), hostileText, { maxKeys: 3 });
  const isWrong = (read: () => unknown) => {
    try {
      read();
      return false;
    } catch (error) {
      expect(error).toMatchObject({ name: 'EnvironmentError', message: expect.stringMatching(/: [A-Z_]+ must /) });
      expect(String(error).length).toBeLessThan(1_000);
      return true;
    }
  };
  fc.assert(
    fc.property(variables, (given) => {
      isWrong(() => readStartingEnvironment(given));
      const hosts = given.ALLOWED_API_HOSTS ?? '';
      if (/[^A-Za-z0-9.:,[\]\s-]/.test(hosts)) expect(isWrong(() => readEnvironment(given))).toBe(true);
      else isWrong(() => readEnvironment(given));
    }),
  );
});

test.each([
  'https://api.example.com',
  '*.example.com',
  'user@api.example.com',
  'api.example.com/v3',
  '*',
  'a b',
  'exämple.com',
])('a list of allowed hosts cannot contain %s', (host) => {
  const variables = { ALLOWED_API_HOSTS: `proxy.example.com,${host}` };

  expect(() => composeLogout(variables, () => {})).toThrow(/ALLOWED_API_HOSTS must be hosts/);
});
