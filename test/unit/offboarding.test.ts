import fc from 'fast-check';
import { canonicalIdentity } from '../../functions/instances/identity.ts';
import { UserNotRead } from '../../functions/offboarding/user-status.ts';
import { failedEventsMetric } from '../../functions/runs/failed-events.ts';
import { parseRunName, type RunName } from '../../functions/runs/run-name.ts';
import { anyVariation } from '../support/any-event.ts';
import { namedIn } from '../support/named-in.ts';
import {
  changed,
  customEvent,
  fromQueue,
  identityCenterEvent,
  nativeEvent,
  oktaEvent,
  scimEvent,
} from '../support/offboarding-events.ts';
import { createOffboarding } from '../support/offboarding-handler.ts';

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  );

const maryRun = parseRunName(`event-${'a'.repeat(40)}`) as RunName;

const twoPeople = changed(oktaEvent, {
  'detail.target': [
    { type: 'User', id: 'u1', alternateId: 'mary@example.com' },
    { type: 'User', id: 'u2', alternateId: 'john.doe@example.com' },
  ],
});

test('starts a run for the person in the custom sample, and logs one line without the person', async () => {
  const handler = createOffboarding();

  const { runs } = await handler.put(customEvent);

  expect(runs).toEqual([expect.stringMatching(/^event-[0-9a-f]{40}$/)]);
  expect(handler.requests()).toEqual([
    {
      target: { owner: 'john.doe@example.com' },
      reason: 'left the company',
      requestedBy: 'com.example.hr hr-2026-001734',
      source: 'offboarding',
      account: '111122223333',
      occurredAt: '2026-11-20T17:00:00.000Z',
      occurredAtIs: 'event',
      at: '2026-11-30T17:00:00.000Z',
      maxTargets: 500,
    },
  ]);
  expect(handler.lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'INFO', message: 'offboarding', requestedBy: 'com.example.hr hr-2026-001734', runs },
  ]);
});

test.each([
  ['Okta', oktaEvent, 'john.doe@example.com 00u3m90rxKjGQ0G6L1d6'],
  [
    'Identity Center',
    identityCenterEvent,
    '93670dc30f-6d321996-eab8-4d2e-9f41-0db53b051a5b 6d321996-eab8-4d2e-9f41-0db53b051a5b',
  ],
])('starts a run for the person in the sample of %s', async (_dialect, event, owner) => {
  const handler = createOffboarding();

  await handler.put(event);

  expect(handler.requests()).toMatchObject([{ target: { owner } }]);
});

const envelope = {
  id: '99999999-5b6a-4978-8695-a4b3c2d1e0f9',
  region: 'us-east-1',
  resources: ['arn:x'],
};

test.each([
  ['custom', customEvent, envelope],
  ['Okta', oktaEvent, { ...envelope, time: '2026-11-21T09:00:00Z' }],
  ['Identity Center', identityCenterEvent, { ...envelope, time: '2026-11-21T09:00:00Z' }],
])('the same %s event in another envelope is the same run with the same payload', async (_dialect, event, values) => {
  const once = createOffboarding();
  const again = createOffboarding({ now: '2026-11-21T09:00:00Z' });

  await once.put(event);
  await again.put({ ...changed(event, values), 'replay-name': 'last week' });

  expect(again.payloads).toEqual(once.payloads);
});

test.each([
  ['another id of its own', { 'detail.id': 'hr-2026-001735' }],
  ['another person', { 'detail.email': 'mary@example.com' }],
  ['another source', { source: 'com.example.payroll' }],
  // Otherwise the second event would start no run, and somebody would stay logged in.
  ['another date', { 'detail.effectiveAt': '2026-11-25T17:00:00Z' }],
  ['a dry run before it', { 'detail.dryRun': true }],
])('an event with %s starts another run', async (_what, values) => {
  const handler = createOffboarding();

  await handler.put(customEvent);
  await handler.put(changed(customEvent, values));

  expect(handler.payloads.size).toBe(2);
});

test('another reason under the same id changes nothing, and is logged as a warning', async () => {
  const handler = createOffboarding();
  await handler.put(customEvent);

  const answer = await handler.put(changed(customEvent, { 'detail.reason': 'retired' }));

  expect(answer.runs).toEqual([...handler.payloads.keys()]);
  expect(handler.requests()).toMatchObject([{ reason: 'left the company' }]);
  expect(JSON.parse(handler.lines[1] ?? '')).toMatchObject({
    level: 'WARN',
    note: 'a run with this name and another request exists: it stays as it is',
  });
});

test('a person of an event whose run stays as it is is a warning, although the run of another starts', async () => {
  const handler = createOffboarding({
    fail: ({ target }) =>
      'owner' in target && target.owner.startsWith('mary') ? { kind: 'other-payload', id: maryRun } : undefined,
  });

  const { runs } = await handler.put(twoPeople);

  expect([runs.length, handler.payloads.size]).toEqual([2, 1]);
  expect(handler.lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'WARN', runs, note: 'a run with this name and another request exists: it stays as it is' },
  ]);
});

test('an event from the future starts nothing and is kept, because its person would be logged out too early', async () => {
  const handler = createOffboarding({ now: '2026-11-20T17:00:00Z' });
  const future = { time: '2027-12-01T00:00:00Z', 'detail.effectiveAt': '2027-12-01T00:00:00Z' };

  await expect(handler.put(changed(customEvent, future))).rejects.toThrow(
    'time must not be in the future: use effectiveAt',
  );
  expect(handler.payloads.size).toBe(0);
});

test('an event whose clock is 15 minutes ahead starts its run, and one that is further ahead does not', async () => {
  const handler = createOffboarding({ now: '2026-11-20T17:00:00Z' });
  const at = (time: string) => handler.put(changed(customEvent, { time, 'detail.effectiveAt': null }));

  await expect(at('2026-11-20T17:15:00.001Z')).rejects.toThrow('time must not be in the future: use effectiveAt');
  expect(handler.payloads.size).toBe(0);
  expect(await at('2026-11-20T17:15:00Z')).toMatchObject({ runs: [expect.any(String)] });
});

test('starts the run of an event that was delivered a month late, with the payload of a punctual one', async () => {
  const punctual = createOffboarding();
  const late = createOffboarding({ now: '2026-12-20T17:00:00Z' });

  await punctual.put(customEvent);
  await late.put(customEvent);

  expect(late.payloads).toEqual(punctual.payloads);
  expect(late.requests()[0]).not.toHaveProperty('expiresAt');
  expect(late.lines).toEqual(punctual.lines);
});

test.each([
  ['custom', customEvent, 'time'],
  ['custom', customEvent, 'detail.occurredAt'],
  ['Okta', oktaEvent, 'detail.published'],
  ['Identity Center', identityCenterEvent, 'detail.eventTime'],
])('a %s event whose %3$s is in the future starts nothing and is kept', async (_dialect, event, field) => {
  const handler = createOffboarding({ now: '2026-11-20T17:00:00Z' });

  await expect(handler.put(changed(event, { [field]: '2027-01-20T00:00:00Z' }))).rejects.toMatchObject({
    name: 'InvalidEvent',
    message: expect.stringMatching(`^${field} must not be in the future`),
  });
  expect(handler.payloads.size).toBe(0);
});

test.each([
  ['user.session.end', changed(oktaEvent, { 'detail.eventType': 'user.session.end' })],
  ['a failed outcome', changed(oktaEvent, { 'detail.outcome.result': 'FAILURE' })],
  ['EnableUser', changed(identityCenterEvent, { 'detail.eventName': 'EnableUser' })],
  ['an errorCode', changed(identityCenterEvent, { 'detail.errorCode': 'AccessDenied' })],
])('%s starts nothing, and the log states the reason', async (_what, event) => {
  const handler = createOffboarding();

  expect(await handler.put(event)).toEqual({ runs: [] });
  expect(handler.payloads.size).toBe(0);
  expect(handler.lines).toEqual([
    expect.stringMatching(/^\{"level":"INFO","message":"not an offboarding","why":"its? /),
  ]);
});

test.each([
  ['InvalidEvent', 'detail.email must be a string', changed(customEvent, { 'detail.email': 7 })],
  [
    'InvalidEvent',
    'effectiveAt must be at most 28 days from now',
    changed(customEvent, { 'detail.effectiveAt': '2027-11-30T17:00:00Z' }),
  ],
  ['UnknownEvent', 'no offboarding dialect understands this event', changed(customEvent, { 'detail-type': 'Hired' })],
  ['UnknownEvent', 'no offboarding dialect understands this event', null],
])('throws %s: %s', async (name, message, event) => {
  const handler = createOffboarding();

  expect(await rejection(handler.put(event))).toMatchObject({ name, message });
  expect(handler.payloads.size).toBe(0);
  expect(handler.lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 'ERROR',
      message: 'event failed',
      error: name,
      detail: message,
      stack: 'green-api-logout',
      function: 'offboarding',
      failedEvents: 1,
      _aws: {
        Timestamp: Date.parse('2026-11-20T17:00:05Z'),
        CloudWatchMetrics: [
          {
            Namespace: 'green-api-logout',
            Dimensions: [['stack', 'function']],
            Metrics: [{ Name: failedEventsMetric, Unit: 'Count' }],
          },
        ],
      },
    },
  ]);
});

test('an unexpected error is logged with its name only', async () => {
  const handler = createOffboarding({
    isDisabled: async () => {
      throw new TypeError('john.doe@example.com');
    },
  });

  await rejection(handler.put(scimEvent('PatchUser')));

  expect(handler.lines).toEqual([expect.stringContaining('"message":"event failed","error":"TypeError","stack"')]);
});

test('the account of an event is recorded, and another account is the same run', async () => {
  const handler = createOffboarding();

  const first = await handler.put(customEvent);
  const second = await handler.put(changed(customEvent, { account: '444455556666' }));

  expect(second).toEqual(first);
  expect(handler.requests()).toMatchObject([{ account: '111122223333' }]);
});

test.each(['x111122223333', '1111222233334'])('%s, which is no account of AWS, is not recorded', async (account) => {
  const handler = createOffboarding();

  await handler.put(changed(customEvent, { account }));

  expect(handler.requests()[0]).not.toHaveProperty('account');
});

test.each([
  ['e-mail address in another case', { 'detail.email': 'John.Doe@Example.com' }],
  ['instant in another time zone', { 'detail.effectiveAt': '2026-11-30T18:00:00+01:00' }],
])('the same report with its %s is the same run with the same payload', async (_what, values) => {
  const handler = createOffboarding();

  const first = await handler.put(customEvent);
  const second = await handler.put(changed(customEvent, values));

  expect(second).toEqual(first);
  expect(handler.lines.map((line) => JSON.parse(line).level)).toEqual(['INFO', 'INFO']);
});

test('a target that names nobody does not affect the others: their runs start, and then the event fails', async () => {
  const handler = createOffboarding();
  const people = [
    { type: 'User', id: 'u1', alternateId: 'a b' },
    { type: 'User', alternateId: 'unknown' },
    { type: 'User', id: 'u2' },
  ];

  const error = await rejection(handler.put(changed(oktaEvent, { 'detail.target': people })));

  const problem = 'detail.target: 1 of 3 users have no usable id or alternateId';
  expect(error).toMatchObject({ name: 'InvalidEvent', message: problem });
  expect(handler.requests()).toMatchObject([{ target: { owner: 'u1' } }, { target: { owner: 'u2' } }]);
  expect(handler.lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'WARN', message: 'offboarding', runs: [...handler.payloads.keys()], note: problem },
    { level: 'ERROR', message: 'event failed', detail: problem, failedEvents: 1 },
  ]);
});

test('the runs of a mass offboarding start at once', async () => {
  const handler = createOffboarding();
  const people = Array.from({ length: 50 }, (_, index) => ({ type: 'User', id: `u${index}` }));

  await handler.put(changed(oktaEvent, { 'detail.target': people }));

  expect(handler.payloads.size).toBe(50);
});

describe('an event whose run has ended', () => {
  const startedAt = new Date('2026-11-20T17:00:05Z');
  const endedAs = (status: string, first?: string) =>
    createOffboarding({
      now: '2026-11-20T18:00:05Z',
      findRun: async (arn) =>
        first === undefined || arn === first
          ? { kind: 'found', arn, status, startedAt, endedAt: new Date('2026-11-20T17:30:00Z') }
          : { kind: 'unknown-run' },
    });
  const nameOf = async () => (await createOffboarding().put(customEvent)).runs[0] ?? '';

  test.each(['FAILED', 'TIMED_OUT'])('%s an hour after its start: another run starts', async (status) => {
    const first = await nameOf();
    const handler = endedAs(status, first);

    const { runs } = await handler.put(customEvent);

    expect(runs).toEqual([expect.stringMatching(/^event-[0-9a-f]{40}$/)]);
    expect(runs).not.toEqual([first]);
    expect(handler.payloads.has(runs[0] ?? '')).toBe(true);
  });

  test.each(['SUCCEEDED', 'STOPPED'])('%s: no other run starts, and the log says so', async (status) => {
    const handler = endedAs(status);

    const { runs } = await handler.put(customEvent);

    expect([...handler.payloads.keys()]).toEqual([await nameOf()]);
    expect(runs).toEqual([await nameOf()]);
    expect(JSON.parse(handler.lines[0] ?? '')).toMatchObject({
      level: 'WARN',
      note: `This id started nothing now: its run ended as ${status} at 2026-11-20T17:30:00.000Z. To log the person out again, report them with another id.`,
    });
  });

  test.each([
    ['FAILED', 'The same id starts another run from 2026-11-20T18:00:05.000Z on.'],
    ['SUCCEEDED', 'To log the person out again, report them with another id.'],
  ])('%s less than an hour after its start: no other run starts', async (status, note) => {
    const endedAt = new Date('2026-11-20T17:30:00Z');
    const handler = createOffboarding({
      now: '2026-11-20T18:00:00Z',
      findRun: async (arn) => ({ kind: 'found', arn, status, startedAt, endedAt }),
    });

    await handler.put(customEvent);

    expect([...handler.payloads.keys()]).toEqual([await nameOf()]);
    expect(handler.lines.join()).toContain(note);
  });

  test('24 runs that failed, each an hour after the last: no other starts, and the log says so', async () => {
    const handler = endedAs('FAILED');

    await handler.put(customEvent);

    expect(handler.payloads.size).toBe(24);
    expect(handler.lines.join()).toContain('To log the person out again, report them with another id.');
  });
});

describe('whether an earlier delivery has started the run', () => {
  test.each([
    ['2026-11-20T17:44:59.999Z', 0],
    ['2026-11-20T17:45:00Z', 1],
  ])('is looked up after 45 minutes: at %s there are %i lists', async (now, lists) => {
    const findRun = jest.fn(async () => ({ kind: 'unknown-run' }) as const);

    await createOffboarding({ now, findRun }).put(customEvent);

    expect(findRun).toHaveBeenCalledTimes(lists);
  });

  test.each([
    ['2026-11-20T18:00:04.000Z', 'INFO'],
    ['2026-11-20T18:00:03.999Z', 'WARN'],
  ])('is told by its start, within a second: %s', async (start, level) => {
    const startedAt = new Date(start);
    const handler = createOffboarding({
      now: '2026-11-20T18:00:05Z',
      findRun: async (arn) => ({ kind: 'found', arn, status: 'SUCCEEDED', startedAt, endedAt: startedAt }),
    });

    await handler.put(customEvent);

    expect(JSON.parse(handler.lines[0] ?? '')).toMatchObject({ level });
  });

  test('is told by the answer to its start while the list does not show it', async () => {
    const handler = createOffboarding({
      now: '2026-11-20T18:00:05Z',
      findRun: async () => ({ kind: 'unknown-run' }),
    });

    await handler.put(customEvent);
    await handler.put(changed(customEvent, { 'detail.reason': 'retired' }));

    expect(handler.lines.map((line) => JSON.parse(line).level)).toEqual(['INFO', 'WARN']);
  });

  test('that cannot be looked up makes the event fail, after its run was started', async () => {
    const handler = createOffboarding({
      now: '2026-11-20T18:00:05Z',
      findRun: async () => ({ kind: 'denied', detail: 'allow lambda:ListDurableExecutionsByFunction' }),
    });

    expect(await rejection(handler.put(customEvent))).toMatchObject({ name: 'RunNotStarted' });
    expect(handler.payloads.size).toBe(1);
  });
});

test.each([
  ['custom', customEvent],
  ['okta', oktaEvent],
  ['identityCenter', identityCenterEvent],
  ['identityCenter', scimEvent('PatchUser')],
])(
  'an event of %s is watched for the days that are configured for it, and limited as configured',
  async (name, event) => {
    const watchDays = { custom: 1, okta: 2, identityCenter: 3, [name]: 30 };
    const handler = createOffboarding({ watchDays, maxTargets: 120 });

    await handler.put(event);

    expect(handler.requests()).toMatchObject([{ watchDays: 30, maxTargets: 120 }]);
  },
);

test('an event that says how long to watch decides it', async () => {
  const handler = createOffboarding({ watchDays: { custom: 30 } });

  await handler.put(changed(customEvent, { 'detail.watchDays': 7 }));

  expect(handler.requests()).toMatchObject([{ watchDays: 7 }]);
});

describe('a changed user of IAM Identity Center', () => {
  test('is logged out if disabled', async () => {
    const handler = createOffboarding();

    await handler.put(scimEvent('PatchUser'));

    expect(handler.requests()).toMatchObject([
      {
        target: { owner: '93670dc30f-6d321996-eab8-4d2e-9f41-0db53b051a5b 6d321996-eab8-4d2e-9f41-0db53b051a5b' },
        reason: 'PatchUser in IAM Identity Center',
      },
    ]);
  });

  test('stays logged in if enabled', async () => {
    const handler = createOffboarding({ isDisabled: async () => false });

    expect(await handler.put(scimEvent('PutUser'))).toEqual({ runs: [] });
    expect(handler.payloads.size).toBe(0);
    expect(handler.lines).toEqual([expect.stringContaining('"why":"the user is enabled"')]);
  });

  test('makes the event fail and starts nothing if the status cannot be read', async () => {
    const handler = createOffboarding({
      isDisabled: async () => {
        throw new UserNotRead('there is no such user');
      },
    });

    expect(await rejection(handler.put(scimEvent('UpdateUser')))).toMatchObject({ name: 'UserNotRead' });
    expect(handler.payloads.size).toBe(0);
    expect(handler.lines).toEqual([expect.stringContaining('"error":"UserNotRead","detail":"there is no such user"')]);
  });

  test('is logged out without reading the directory if deleted', async () => {
    const handler = createOffboarding({
      isDisabled: async () => {
        throw new UserNotRead('there is no such user');
      },
    });

    expect((await handler.put(scimEvent('DeleteUser'))).runs).toHaveLength(1);
  });
});

test.each(['throttled', 'unavailable', 'denied'] as const)(
  'throws when one start is %s, after starting all the others, and the next delivery starts the same runs',
  async (kind) => {
    let isDown = true;
    const handler = createOffboarding({
      fail: ({ target }) =>
        isDown && 'owner' in target && target.owner.startsWith('mary')
          ? { kind, detail: 'Lambda: ServiceException' }
          : undefined,
    });

    const error = await rejection(handler.put(twoPeople));
    const startedAtFirst = new Map(handler.payloads);
    isDown = false;
    const { runs } = await handler.put(twoPeople);

    expect(error).toMatchObject({ name: 'RunNotStarted', message: `${kind}: Lambda: ServiceException` });
    expect(startedAtFirst.size).toBe(1);
    expect([...handler.payloads.keys()].sort()).toEqual([...runs].sort());
    expect(handler.payloads).toEqual(new Map([...startedAtFirst, ...handler.payloads]));
  },
);

test('no malformed event makes the function throw an unknown error, leak data, or log out a person who was not named', async () => {
  await fc.assert(
    fc.asyncProperty(anyVariation, async (event) => {
      const handler = createOffboarding();

      const error = await rejection(handler.put(event));

      const named = namedIn(event).map((name) => (typeof name === 'string' ? canonicalIdentity(name) : name));
      const owners = handler
        .requests()
        .flatMap(({ target }) => ('owner' in target ? target.owner.split(/\s+/) : ['?']));
      expect(owners.filter((owner) => !named.includes(owner))).toEqual([]);
      expect([undefined, 'InvalidEvent', 'UnknownEvent']).toContain(error instanceof Error ? error.name : error);
      expect(`${error} ${handler.lines}`).not.toMatch(
        /john\.doe|00u3m90|93670dc30f|left the company|okta\.trainer|polluted/,
      );
      expect(`${error}`.length).toBeLessThan(300);
    }),
    { numRuns: 2_000 },
  );
});

test('any event that is delivered again sends the same payloads under the same names', async () => {
  await fc.assert(
    fc.asyncProperty(anyVariation, async (event) => {
      const once = createOffboarding();
      const again = createOffboarding({ now: '2031-01-01T00:00:00Z' });

      await rejection(once.put(event));
      await rejection(again.put(structuredClone(event)));

      expect(again.payloads).toEqual(once.payloads);
    }),
  );
});

describe('the second look at a user who was still enabled', () => {
  const looks = (first: boolean, second: boolean) => async (_user: unknown, look: 'first' | 'second') =>
    look === 'first' ? first : second;
  const update = scimEvent('PatchUser');
  const when = { now: '2023-04-08T15:42:00Z' };

  test('logs out the user who is disabled by then', async () => {
    const handler = createOffboarding({ ...when, isDisabled: looks(false, true) });

    expect(await handler.put(update)).toEqual({ runs: [] });
    expect((await handler.put(fromQueue(update))).runs).toHaveLength(1);
  });

  test('starts no second run for a user whom the first look found disabled', async () => {
    const handler = createOffboarding({ ...when, isDisabled: looks(true, true) });

    const first = await handler.put(update);

    expect(await handler.put(fromQueue(update))).toEqual(first);
    expect(handler.payloads.size).toBe(1);
  });

  test('ends if the user is still enabled, or was deleted since', async () => {
    const isDisabled = jest.fn(async () => false);
    const handler = createOffboarding({ ...when, isDisabled });
    expect(await handler.put(fromQueue(update))).toEqual({ runs: [] });

    isDisabled.mockRejectedValue(new UserNotRead('no such user', 'ResourceNotFoundException'));
    expect(await handler.put(fromQueue(update))).toEqual({ runs: [] });
    expect(handler.lines.map((line) => JSON.parse(line).why)).toEqual([
      'the user is enabled',
      'the user was deleted since, which is an event of its own',
    ]);
  });

  test('is no reason to ignore that the first look finds no such user', async () => {
    const isDisabled = async () => Promise.reject(new UserNotRead('no such user', 'ResourceNotFoundException'));
    const handler = createOffboarding({ ...when, isDisabled });

    expect(await rejection(handler.put(update))).toBeInstanceOf(UserNotRead);
  });

  test('fails if the directory cannot be read, so that the queue delivers it again', async () => {
    const isDisabled = async () => Promise.reject(new UserNotRead('throttled', 'ThrottlingException'));
    const handler = createOffboarding({ ...when, isDisabled });

    expect(await rejection(handler.put(fromQueue(update)))).toBeInstanceOf(UserNotRead);
    expect(handler.lines.join()).toContain('"event failed"');
  });

  test('is about updates alone: an event that needed none is not acted on twice', async () => {
    const handler = createOffboarding(when);

    expect(await handler.put(fromQueue(identityCenterEvent))).toEqual({ runs: [] });
    expect(await rejection(handler.put({ Records: [{ eventSource: 'aws:sqs', body: 'no json' }] }))).toMatchObject({
      name: 'InvalidEvent',
    });
  });
});

describe('where IAM Identity Center reports a change by several events', () => {
  const time = '2026-11-28T09:00:10Z';
  const now = '2026-11-28T09:05:00Z';
  const nativeAt = (at: string, type: string, id = 'a') =>
    changed(nativeEvent, { 'detail-type': type, time: at, id, region: id });
  const trailAt = (at: string, eventName: string) =>
    changed(identityCenterEvent, { 'detail.eventTime': at, 'detail.eventName': eventName });

  test.each([
    ['DisableUser', 'User Updated'],
    ['PatchUser', 'User Updated'],
    ['DeleteUser', 'User Deleted'],
  ])('%s and %s are one run, in whatever order and Region', async (call, type) => {
    const events = [trailAt(time, call), nativeAt(time, type), nativeAt(time, type, 'b')];
    for (const order of [events, events.toReversed()]) {
      const handler = createOffboarding({ now, nativeEvents: true });

      const answers = [];
      for (const event of order) answers.push(await handler.put(event));

      expect(new Set(answers.flatMap(({ runs }) => runs)).size).toBe(1);
      expect(handler.payloads.size).toBe(1);
      expect(handler.lines.join()).not.toContain('"WARN"');
    }
  });

  test('clocks that differ by seconds make no second run', async () => {
    for (const second of ['25', '28', '30', '31', '34']) {
      const events = [
        trailAt('2026-11-28T09:00:29Z', 'DisableUser'),
        nativeAt(`2026-11-28T09:00:${second}Z`, 'User Updated'),
      ];
      for (const order of [events, events.toReversed()]) {
        const handler = createOffboarding({ now, nativeEvents: true });

        for (const event of order) await handler.put(event);

        expect(handler.payloads.size).toBe(1);
      }
    }
  });

  test('a deletion is one run, whatever time each event states', async () => {
    const handler = createOffboarding({ now, nativeEvents: true });

    await handler.put(nativeAt('2026-11-28T09:00:10Z', 'User Deleted'));
    await handler.put(nativeAt('2026-11-28T09:04:10Z', 'User Deleted', 'b'));

    expect(handler.payloads.size).toBe(1);
  });

  // Otherwise an event that comes again after an upgrade would start a second run.
  test.each([
    ['User Updated', 'event-152e3bf5932906b359adfcc08694ad4fabf3a23d'],
    ['User Deleted', 'event-c2cde16953bbd5db2959fb52b249875633fb6c99'],
  ])('the run of "%s" keeps its name from version to version', async (type, name) => {
    const handler = createOffboarding({ now, nativeEvents: true });

    expect((await handler.put(nativeAt(time, type))).runs).toEqual([name]);
  });

  test('a user who is disabled again a minute later is logged out again', async () => {
    const handler = createOffboarding({ now, nativeEvents: true });

    await handler.put(nativeAt('2026-11-28T09:00:10Z', 'User Updated'));
    await handler.put(nativeAt('2026-11-28T09:01:10Z', 'User Updated', 'b'));

    expect(handler.payloads.size).toBe(2);
  });

  test('the run of an event of CloudTrail alone keeps its name', async () => {
    const [alone, joined] = [createOffboarding({ now }), createOffboarding({ now, nativeEvents: true })];

    expect((await alone.put(identityCenterEvent)).runs).toEqual(['event-398b8d091d63ad530ee1f07fa75415c7536b69e3']);
    expect((await joined.put(identityCenterEvent)).runs).not.toEqual((await alone.put(identityCenterEvent)).runs);
  });

  test('updates without a user are one warning a day', async () => {
    const update = changed(nativeEvent, { 'detail-type': 'User Updated', resources: [] });
    const handler = createOffboarding({ now, nativeEvents: true });

    const line = {
      level: 'WARN',
      message: 'event without a user',
      why: 'it names no user, or several, so nobody can be read',
      note: 'further ones of today are not logged',
    };
    const hourMs = 60 * 60 * 1_000;

    for (let count = 0; count < 3; count += 1) expect(await handler.put(update)).toEqual({ runs: [] });
    handler.wait(24 * hourMs - 1);
    await handler.put(update);

    expect(handler.lines.map((text) => JSON.parse(text))).toEqual([line]);

    handler.wait(1);
    await handler.put(update);
    handler.wait(23 * hourMs);
    await handler.put(update);
    handler.wait(2 * hourMs);
    await handler.put(update);

    expect(handler.lines.map((text) => JSON.parse(text))).toEqual([line, line, line]);
  });
});
