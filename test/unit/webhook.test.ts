import { listLagMs } from '../../functions/identity-providers/leaver-limit.ts';
import { createReadOwners } from '../../functions/instances/read-owners.ts';
import { formerRunNameOf } from '../../functions/runs/run-name.ts';
import { oktaDelivery } from '../support/exchanges/okta.ts';
import { type Providers, startProviders, tokens } from '../support/identity-providers.ts';
import { oktaEvent } from '../support/offboarding-events.ts';

const oktaDetail = oktaEvent.detail as Readonly<Record<string, unknown>>;
const hr = { authorization: `Bearer ${tokens.hr}` };
const okta = { authorization: tokens.okta };
const john = { id: 'hr-2026-001734', email: 'john.doe@example.com', reason: 'left the company' };

const post = (providers: ReturnType<typeof startProviders>, body: unknown, headers: Record<string, string> = hr) =>
  providers.webhook('POST', '/offboarding', { headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

const deliver = (providers: Providers, events: readonly unknown[], headers: Record<string, string> = okta) =>
  providers.webhook('POST', '/okta-event-hook', {
    headers,
    body: JSON.stringify({ ...oktaDelivery, data: { events } }),
  });

const deactivated = (uuid: string, alternateId: string, eventType = 'user.lifecycle.deactivate') => ({
  ...oktaDetail,
  uuid,
  eventType,
  target: [{ id: `00u${uuid}`, type: 'User', alternateId, displayName: 'Somebody' }],
});

afterEach(() => void jest.useRealTimers());

describe('POST /offboarding', () => {
  test('starts a run for the person, and returns its location', async () => {
    const providers = startProviders();

    const answer = await post(providers, john);

    const [id] = providers.runNames();
    expect(id).toMatch(/^event-hr-[0-9a-f]{40}$/);
    expect(answer).toMatchObject({ status: 202, headers: { location: `/forced-logouts/${id}` } });
    expect(answer.body).toEqual({ id, status: 'RUNNING', startedAt: '2026-11-20T17:00:00.000Z' });
    expect(providers.runs()).toEqual([
      {
        target: { owner: 'john.doe@example.com' },
        reason: 'left the company',
        requestedBy: 'webhook hr hr-2026-001734',
        source: 'offboarding',
        requestId: 'JKJaXmPLvHcESHA=',
        occurredAt: '2026-11-20T17:00:00.000Z',
        occurredAtIs: 'arrival',
        maxTargets: 500,
      },
    ]);
  });

  test('the same id is the same run, however often and at whatever time it is sent', async () => {
    const providers = startProviders({ maxPerHour: 1 });
    const first = await post(providers, john);
    providers.wait(60_000);
    const second = await post(providers, john);

    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(providers.runNames()).toHaveLength(1);
  });

  test('the same id is the same run although Lambda does not list it yet, and no start is made up', async () => {
    const providers = startProviders({ listLagMs: 30_000 });
    const first = await post(providers, john);
    providers.wait(1_000);

    expect((await post(providers, john)).body).toEqual({ id: first.body.id, status: 'RUNNING' });
    expect(providers.runNames()).toHaveLength(1);
  });

  describe('an id whose run has ended', () => {
    const reportAgainAfter = async (status: Parameters<Providers['endRuns']>[0], ms: number) => {
      const providers = startProviders();
      await post(providers, john);
      providers.wait(60_000);
      providers.endRuns(status);
      providers.wait(ms - 60_000);
      return { providers, answer: await post(providers, john) };
    };

    test.each(['SUCCEEDED', 'STOPPED'] as const)('%s: it starts nothing, and says so', async (status) => {
      const { providers, answer } = await reportAgainAfter(status, 30 * 24 * 3_600_000);

      expect(providers.runNames()).toHaveLength(1);
      expect(answer).toMatchObject({ status: 202 });
      expect(answer.body).toEqual({
        id: providers.runNames()[0],
        status,
        startedAt: '2026-11-20T17:00:00.000Z',
        endedAt: '2026-11-20T17:01:00.000Z',
        note: `This id started nothing now: its run ended as ${status} at 2026-11-20T17:01:00.000Z. To log the person out again, report them with another id.`,
      });
      expect(providers.lines.at(-1)).toMatchObject({ level: 'WARN', message: 'offboarding', alreadyEnded: 1 });
    });

    test.each(['FAILED', 'TIMED_OUT'] as const)('%s: it starts another run, at most one an hour', async (status) => {
      const { providers, answer } = await reportAgainAfter(status, 3_600_000);
      const [first, second, ...others] = providers.runNames();

      expect(answer.body).toEqual({ id: second, status: 'RUNNING', startedAt: '2026-11-20T18:00:00.000Z' });
      expect([second === first, others]).toEqual([false, []]);

      providers.endRuns(status);
      providers.wait(3_599_999);
      const early = await post(providers, john);
      providers.wait(1);
      const late = await post(providers, john);

      expect(early.body).toMatchObject({
        id: second,
        status,
        note: expect.stringMatching(
          /^This id started nothing now: .*starts another run from 2026-11-20T19:00:00.000Z on\.$/,
        ),
      });
      expect(late.body).toMatchObject({ id: providers.runNames()[2], status: 'RUNNING' });
    });

    test('is found after the person has lost or got an instance', async () => {
      let owners: readonly string[] = [];
      const providers = startProviders({
        readOwners: async () => ({ kind: 'owners', owners: owners.map((owner) => [owner]) }),
      });
      await post(providers, john);
      providers.endRuns('STOPPED');
      owners = [john.email];
      providers.wait(7 * 24 * 3_600_000);

      expect((await post(providers, john)).body).toMatchObject({ status: 'STOPPED' });
      expect(providers.runNames()).toHaveLength(1);
    });

    test('is found after its effectiveAt, for which it waited: a leaving day that was cancelled stays so', async () => {
      const providers = startProviders();
      const report = { ...john, effectiveAt: '2026-11-30T17:00:00Z' };
      await post(providers, report);
      providers.endRuns('STOPPED');
      providers.wait(10 * 24 * 3_600_000 + 1);

      expect((await post(providers, report)).body).toMatchObject({ id: providers.runNames()[0], status: 'STOPPED' });
      expect(providers.runNames()).toHaveLength(1);
    });

    test('is found when it has a name of version 0.2', async () => {
      const providers = startProviders();
      const effectiveAt = '2026-12-10T17:00:00.000Z';
      const key = JSON.stringify([john.id, [john.email], effectiveAt, false]);
      const cause = { stack: 'green-api-logout', requester: 'webhook hr', key };
      const former = formerRunNameOf(cause, 'hr');
      providers.addRun(former, 'STOPPED');

      const answer = await post(providers, { ...john, effectiveAt });

      expect(answer.body).toMatchObject({ id: former, status: 'STOPPED' });
      expect(providers.runNames()).toEqual([former]);
    });
  });

  test('a report leaves one line with its run, a warning if an earlier run of the same id has ended', async () => {
    const providers = startProviders();
    await post(providers, john);
    await post(providers, john);
    providers.endRuns('STOPPED');
    await post(providers, john);

    const line = { requestedBy: 'webhook hr hr-2026-001734', runs: providers.runNames() };
    expect(providers.lines.filter(({ message }) => message === 'offboarding')).toEqual([
      { level: 'INFO', message: 'offboarding', ...line },
      { level: 'INFO', message: 'offboarding', ...line },
      { level: 'WARN', message: 'offboarding', ...line, alreadyEnded: 1 },
    ]);
  });

  test('an old report whose run Lambda started a moment ago, and which has ended, is no earlier run', async () => {
    const providers = startProviders({ endsAtOnce: 'SUCCEEDED' });
    await post(providers, { ...john, occurredAt: '2026-11-01T17:00:00Z' });

    expect(providers.lines.at(-1)).toEqual({
      level: 'INFO',
      message: 'offboarding',
      requestedBy: 'webhook hr hr-2026-001734',
      runs: providers.runNames(),
    });
  });

  test('Lambda, which lists runs 15 times a second, is asked only for names that a run of the report can have', async () => {
    const providers = startProviders();
    const lookUpsOf = async (report: () => Promise<unknown>) => {
      const before = providers.lookUps();
      await report();
      return providers.lookUps() - before;
    };
    const first = await lookUpsOf(() => post(providers, john));
    const waiting = await lookUpsOf(() => post(providers, { ...john, effectiveAt: '2026-11-30T17:00:00Z' }));
    const okta = await lookUpsOf(() => deliver(providers, [oktaDetail]));
    providers.endRuns('FAILED');
    providers.wait(3_600_000);
    const again = await lookUpsOf(() => post(providers, john));

    // A name that counts, one that does not, and that of version 0.2; then the first two of the run that follows.
    expect({ first, waiting, okta, again }).toEqual({ first: 3, waiting: 4, okta: 0, again: 5 });
  });

  test('another run of the same person within the hour costs nothing', async () => {
    const providers = startProviders({ maxPerHour: 1 });
    await post(providers, john);

    expect(await post(providers, { ...john, id: 'another' })).toMatchObject({ status: 202 });
    expect(await post(providers, { id: '3', email: 'ann@example.com' })).toMatchObject({ status: 429 });
  });

  describe('reports with a later effectiveAt', () => {
    const effectiveAt = '2026-11-30T17:00:00Z';
    const reportMany = (providers: Providers, count: number, from = 0) =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          post(providers, { id: `hr-${from + index}`, email: `person${from + index}@example.com`, effectiveAt }),
        ),
      );

    test('count while they wait, whether the person owns an instance yet or not, at most ten times maxPerHour', async () => {
      const providers = startProviders({ maxPerHour: 2 });

      const answers = await reportMany(providers, 21);

      expect(answers.map(({ status }) => status)).toEqual([...Array(20).fill(202), 429]);
      expect(answers.at(-1)).toMatchObject({
        headers: { 'retry-after': '3600' },
        body: { code: 'held-back', detail: expect.stringContaining('10 times maxPerHour') },
      });
      expect(providers.lines).toContainEqual(
        expect.objectContaining({ message: 'leaver held back', why: 'waiting', heldBack: 1 }),
      );
      expect(await post(providers, john)).toMatchObject({ status: 202 });
    });

    test('another date for the same person takes no further place', async () => {
      const providers = startProviders({ maxPerHour: 1 });
      await reportMany(providers, 10);

      const again = { id: 'hr-0', email: 'person0@example.com', effectiveAt: '2026-12-01T17:00:00Z' };
      expect(await post(providers, again)).toMatchObject({ status: 202 });
      providers.wait(1_000);
      expect(await reportMany(providers, 1, 10)).toMatchObject([{ status: 429 }]);
      providers.endRuns('STOPPED');
      providers.wait(1_000);
      expect(await reportMany(providers, 1, 10)).toMatchObject([{ status: 202 }]);
    });

    test('count in this hour if it is within one, also of people who own no instance yet', async () => {
      const providers = startProviders({ maxPerHour: 1 });
      const later = (email: string) => post(providers, { id: email, email, effectiveAt: '2026-11-20T18:00:00Z' });

      expect(await later('nobody@example.com')).toMatchObject({ status: 202 });
      expect(await later('nobody-else@example.com')).toMatchObject({ status: 429 });
      expect(await later(john.email)).toMatchObject({ status: 429 });
    });
  });

  test.each([100, 1_000, 10_000])(
    'people without an instance are never held back, with %i instances at 60 ms a page',
    async (instances) => {
      jest.useFakeTimers({ now: Date.parse('2026-11-20T17:00:00Z') });
      const { lastOwners } = createReadOwners(async (next = '0') => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        const page = Number(next) + 1;
        return { kind: 'page', instances: [], unreadable: [], ...(page * 100 < instances && { next: String(page) }) };
      }, Date.now);
      const providers = startProviders({ maxPerHour: 3, lastOwners });
      const people = Array.from({ length: 5 }, (_, index) => ({ id: `${index}`, email: `nobody${index}@example.com` }));

      const answers = Promise.all(people.map((person) => post(providers, person)));
      await jest.advanceTimersByTimeAsync((instances / 100) * 60);

      expect((await answers).map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
      expect(providers.runNames()).toEqual(Array(5).fill(expect.stringMatching(/^event-[0-9a-f]{40}$/)));
    },
  );

  test.each([
    ['has an instance only now', [], ['john.doe@example.com'], /^event-[0-9a-f]{40}$/],
    ['has none any more', ['john.doe@example.com'], [], /^event-hr-[0-9a-f]{40}$/],
  ])('the same id is the same run although the person %s', async (_case, before, now, name) => {
    let owners: readonly string[] = before;
    const providers = startProviders({
      readOwners: async () => ({ kind: 'owners', owners: owners.map((owner) => [owner]) }),
    });
    const first = await post(providers, john);
    owners = now;
    const second = await post(providers, john);

    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(providers.runNames()).toEqual([expect.stringMatching(name)]);
  });

  test('effectiveAt makes the run wait', async () => {
    const providers = startProviders();
    await post(providers, { ...john, effectiveAt: '2026-11-30T17:00:00Z' });

    expect(providers.runs()).toMatchObject([{ at: '2026-11-30T17:00:00.000Z' }]);
  });

  test('a date, an offset without colon and numbers are read as an HR system writes them', async () => {
    const providers = startProviders({ timeZone: 'Europe/Berlin' });
    const leaver = { id: 4711, owner: 10_042, effectiveAt: '2026-11-30', occurredAt: '2026-11-20T17:00:00+0000' };

    const first = await post(providers, leaver);
    const again = await post(providers, { ...leaver, id: '4711', effectiveAt: '2026-11-30T23:00:00Z' });

    expect([first.status, again.status, again.body.id]).toEqual([202, 202, first.body.id]);
    expect(providers.runs()).toMatchObject([
      { target: { owner: '10042' }, at: '2026-11-30T23:00:00.000Z', occurredAt: '2026-11-20T17:00:00.000Z' },
    ]);
  });

  test.each(['2026-11-20T17:15:00.000Z', '2025-01-01T00:00:00.000Z'])(
    'occurredAt %s is recorded as the time of the event',
    async (occurredAt) => {
      const providers = startProviders();

      expect(await post(providers, { ...john, occurredAt })).toMatchObject({ status: 202 });
      expect(providers.runs()).toMatchObject([{ occurredAt, occurredAtIs: 'event' }]);
      expect(providers.runs()[0]).not.toHaveProperty('expiresAt');
    },
  );

  test('dryRun touches nothing, does not count and is not held back', async () => {
    const providers = startProviders({ maxPerHour: 1 });
    await post(providers, { ...john, dryRun: true });
    const real = await post(providers, john);
    const another = await post(providers, { id: '2', email: 'ann@example.com', dryRun: true });

    expect([real.status, another.status]).toEqual([202, 202]);
    expect(providers.runs().map(({ dryRun = false }) => dryRun)).toEqual([true, false, true]);
  });

  test('an identity provider has a limit of instances and days to watch of its own, and a report may say others', async () => {
    const providers = startProviders({ maxTargets: 120, watchDays: 30 });
    await post(providers, john);
    await post(providers, { ...john, id: 'hr-2', watchDays: 7 });
    await deliver(providers, [deactivated('1', 'ann@example.com')]);

    expect(providers.runs().map(({ maxTargets, watchDays }) => [maxTargets, watchDays])).toEqual([
      [120, 30],
      [120, 7],
      [120, 30],
    ]);
  });

  test('a heartbeat starts nothing, and is counted', async () => {
    const providers = startProviders();

    expect(await post(providers, { heartbeat: true })).toMatchObject({ status: 204, text: '' });
    expect(providers.runs()).toEqual([]);
    expect(providers.lines).toMatchObject([{ message: 'identity provider request', caller: 'hr', callerRequests: 1 }]);
    // Those of the alarms.
    const dimensions = [['stack'], ['stack', 'caller']];
    expect(providers.lines).toMatchObject([{ _aws: { CloudWatchMetrics: [{ Dimensions: dimensions }] } }]);
  });

  test('an identity provider is counted at most once a minute', async () => {
    const providers = startProviders();
    for (let second = 0; second < 90; second += 1) {
      await post(providers, { heartbeat: true });
      providers.wait(1_000);
    }

    expect(providers.lines).toHaveLength(2);
  });

  test.each([
    [{ email: 'john.doe@example.com' }, 'id is missing: the same id is the same run, however often it is sent'],
    [
      { id: null, email: 'john.doe@example.com' },
      'id is missing: the same id is the same run, however often it is sent',
    ],
    [{ id: 'x' }, 'body must name the person by owner or by email, and not by both'],
    [{ ...john, owner: 'john' }, 'body must name the person by owner or by email, and not by both'],
    [{ id: 'x', email: 'john' }, 'email must be an e-mail address'],
    [{ id: 'x', owner: 'john doe' }, 'owner must not be empty or hold white space or invisible characters'],
    [{ ...john, efectiveAt: '2026-11-30T17:00:00Z' }, 'efectiveAt is not a field of this event'],
    [{ ...john, effectiveAt: 'tomorrow' }, /^effectiveAt must be an ISO 8601 instant/],
    [
      { ...john, effectiveAt: '2026-11-30' },
      'effectiveAt is a date, and its time zone is unknown: set timeZone for this source in the configuration, or send an instant with its offset, such as 2026-11-30T17:00:00Z',
    ],
    [{ ...john, effectiveAt: '2099-01-01T00:00:00Z' }, 'effectiveAt must be at most 28 days from now'],
    [{ ...john, occurredAt: 'today' }, /^occurredAt must be an ISO 8601 instant/],
    [
      { ...john, occurredAt: '2026-11-20T17:15:01Z' },
      'occurredAt must not be in the future: use effectiveAt for a later logout',
    ],
    [{ heartbeat: 'yes' }, 'heartbeat must be true'],
    [{ heartbeat: true, ...john }, /is not a field of this request$/],
    [{ target: { all: true }, id: 'x' }, /^target is not a field of this event$/],
    ['[]', /^body must be a JSON object/],
    ['null', /^body must be a JSON object/],
    ['"id"', /^body must be a JSON object/],
    ['', /^id is missing/],
    ['{', 'body must be JSON'],
    [`{"id":"${'x'.repeat(20_000)}"}`, 'body must be at most 16384 bytes'],
  ])('%.60j is refused: %s', async (body, detail) => {
    const providers = startProviders();

    const answer = await post(providers, body);

    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/problem+json' } });
    if (typeof detail === 'string') expect(answer.body.detail).toBe(detail);
    else expect(answer.body.detail).toMatch(detail);
    expect(providers.runs()).toEqual([]);
    expect(providers.lines).toContainEqual(expect.objectContaining({ message: 'event not understood', unreadable: 1 }));
  });

  test.each([
    ['white space', 'a b'],
    ['a tab', 'a\tb'],
    ['a line break', 'a\r\nb'],
    ['nothing but a space', ' '],
    ['the name of a part of the event', 'detail'],
    ['a path in the event', 'detail.id'],
    ['the path of an entry', 'people.0'],
    ['an index', '0'],
    ['quotation marks', `"it's"`],
    ['a sentence', 'id must be a string'],
    ['a name of JavaScript', '__proto__'],
    ['another name of JavaScript', 'constructor'],
    ['letters of another alphabet', 'фамилия 名前 😀'],
  ])('an unknown field is named as it was sent: %s', async (_what, name) => {
    const providers = startProviders();

    const answer = await post(
      providers,
      `{"id":"hr-1","email":"john.doe@example.com",${JSON.stringify(name)}:"hidden"}`,
    );

    const detail = `${name} is not a field of this event`;
    expect(answer).toMatchObject({ status: 400, body: { field: name, detail } });
    expect(providers.lines).toContainEqual(
      expect.objectContaining({ message: 'event not understood', problem: detail, unreadable: 1 }),
    );
    expect(JSON.stringify([answer, providers.lines])).not.toContain('hidden');
    expect(providers.runs()).toEqual([]);
  });

  test('an unknown field without a name is shown in quotation marks', async () => {
    const answer = await post(startProviders(), { ...john, '': 1 });

    expect(answer).toMatchObject({ status: 400, body: { field: '', detail: '"" is not a field of this event' } });
  });

  test.each([
    ['is cut', 'x'.repeat(10_000), 'x'.repeat(57)],
    ['is cut without a half of a character', '😀'.repeat(2_000), `${'😀'.repeat(28)}\ufffd`],
  ])('a very long name %s', async (_what, name, field) => {
    const answer = await post(startProviders(), { ...john, [name]: 1 });

    expect(answer).toMatchObject({ status: 400, body: { field, detail: `${field} is not a field of this event` } });
  });

  test('beyond maxPerHour: 429 with the time to wait, an alarm, and no run', async () => {
    const providers = startProviders({ maxPerHour: 1 });
    await post(providers, john);

    const answer = await post(providers, { id: '2', email: 'ann@example.com' });

    expect(answer).toMatchObject({ status: 429, body: { code: 'held-back' }, headers: { 'retry-after': '3600' } });
    expect(providers.runs()).toHaveLength(1);
    expect(providers.lines).toContainEqual(expect.objectContaining({ message: 'leaver held back', heldBack: 1 }));
  });

  test('a copy without any list of owners waits 20 seconds for the first, and then counts the person', async () => {
    const waits: number[] = [];
    const providers = startProviders({
      lastOwners: async (untilMs) => {
        waits.push(untilMs - Date.parse('2026-11-20T17:00:00Z'));
        return undefined;
      },
    });

    expect(await post(providers, john)).toMatchObject({ status: 202 });
    expect(waits).toEqual([20_000]);
    expect(providers.runNames()).toEqual([expect.stringMatching(/^event-hr-/)]);
  });

  test('beyond the share of a copy: 429 before anything starts, and the same id again starts it', async () => {
    const owners = Array.from({ length: 6 }, (_, person) => `person${person}@example.com`);
    const providers = startProviders({ owners, maxPerHour: 20, copies: 10, listLagMs: 2_000 });
    const reports = owners.map((email, person) => ({ id: `hr-${person}`, email }));

    const answers = await Promise.all(reports.map((report) => post(providers, report)));
    const started = providers.runNames().length;
    providers.wait(5_000);
    await post(providers, reports.at(-1));
    providers.wait(5_000);
    const again = await post(providers, reports.at(-1));

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 429]);
    expect(answers.at(-1)?.headers).toMatchObject({ 'retry-after': '5' });
    expect(started).toBe(5);
    expect(again).toMatchObject({ status: 202 });
    // The access log counts the 429.
    expect(providers.lines.filter(({ why }) => why === 'too-fast')[0]).not.toHaveProperty('heldBack');
  });

  test('while Lambda cannot say which runs there are, nobody who counts is logged out, and a person without an instance is', async () => {
    const failToFind = { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' } as const;
    const providers = startProviders({ failToFind });

    const counted = await post(providers, john);
    const uncounted = await post(providers, { id: '2', email: 'nobody@example.com' });

    expect([counted.status, uncounted.status]).toEqual([503, 202]);
    expect(providers.runs()).toMatchObject([{ target: { owner: 'nobody@example.com' } }]);
  });

  test('a run that was not started uses up nothing of the limit, as soon as Lambda would list it', async () => {
    let isDown = true;
    const failure = { kind: 'unavailable', detail: 'Lambda: TimeoutError' } as const;
    const providers = startProviders({ maxPerHour: 1, fail: () => (isDown ? failure : undefined) });
    await post(providers, john);
    isDown = false;

    const early = await post(providers, { id: '2', email: 'ann@example.com' });
    providers.wait(listLagMs);
    const later = await post(providers, { id: '2', email: 'ann@example.com' });

    expect([early.status, later.status]).toEqual([429, 202]);
  });

  test('a run that cannot be started: 503, and the same id again starts it', async () => {
    let isDown = true;
    const failure = { kind: 'unavailable', detail: 'Lambda: TimeoutError' } as const;
    const providers = startProviders({ fail: () => (isDown ? failure : undefined) });

    expect(await post(providers, john)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    isDown = false;
    expect(await post(providers, john)).toMatchObject({ status: 202 });
    expect(providers.runs()).toHaveLength(1);
  });
});

describe('the token', () => {
  test.each([
    ['POST', '/offboarding', {}],
    ['POST', '/offboarding', { authorization: 'Bearer wrong' }],
    ['POST', '/offboarding', { authorization: `Bearer ${tokens.okta}` }],
    ['POST', '/offboarding', { authorization: `Bearer ${tokens.entra}` }],
    ['POST', '/okta-event-hook', {}],
    ['POST', '/okta-event-hook', hr],
    ['GET', '/okta-event-hook', { 'x-okta-verification-challenge': 'x' }],
  ])(
    '%s %s with %j: 401, the same answer for every reason, and the body is not read',
    async (method, path, headers) => {
      const providers = startProviders();

      const answer = await providers.webhook(method, path, { headers, body: '{' });

      expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
      expect(answer.body).toEqual({
        type: 'urn:problem-type:green-api-logout:unauthorized',
        title: 'The token is missing or wrong',
        status: 401,
        detail: 'Send "Authorization: Bearer <token>" with the token that was made for this identity provider.',
        code: 'unauthorized',
      });
      expect(providers.lines).toMatchObject([
        { level: 'WARN', message: 'request refused', route: `${method} ${path}` },
      ]);
      for (const token of ['wrong', ...Object.values(tokens)])
        expect(JSON.stringify(providers.lines)).not.toContain(`${token}"`);
    },
  );

  test.each(Object.values(tokens))('%s opens no route that the function does not know', async (token) => {
    const providers = startProviders();

    const headers = { authorization: `Bearer ${token}` };
    const answer = await providers.webhook('POST', '/offboarding', { headers, routeKey: 'POST /other', body: '{' });

    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(providers.lines).toMatchObject([{ message: 'request refused', route: 'POST /other' }]);
  });

  const provider43 = 'p'.repeat(43);

  test.each([
    ['no token', '', false],
    ['not a token of this service', 'Bearer wrong', false],
    ['not a token of this service', `Bearer ${'a'.repeat(44)}`, false],
    ['unknown token', `Bearer ${provider43}`, true],
    ['token of another kind of identity provider', tokens.okta, true],
  ])(
    '%s: a line with the route and the reason, at most three a minute; counted: %#',
    async (reason, authorization, isCounted) => {
      const providers = startProviders();

      for (let request = 0; request < 10; request += 1) await post(providers, john, { authorization });

      const line = { level: 'WARN', message: 'request refused', route: 'POST /offboarding', reason };
      expect(providers.lines).toEqual(Array(3).fill(expect.objectContaining(line)));
      expect(providers.lines.map(({ reportsRefused }) => reportsRefused)).toEqual(
        Array(3).fill(isCounted ? 1 : undefined),
      );
      expect(JSON.stringify(providers.lines)).not.toContain(provider43);
      providers.wait(60_000);
      await post(providers, john, { authorization });
      expect(providers.lines).toHaveLength(4);
    },
  );

  test('many requests without a token hide neither another reason nor another route', async () => {
    const providers = startProviders();
    for (let request = 0; request < 4; request += 1) await post(providers, john, {});
    await post(providers, john, { authorization: `Bearer ${provider43}` });
    await deliver(providers, [], { authorization: '' });

    expect(providers.lines.slice(3)).toMatchObject([
      { route: 'POST /offboarding', reason: 'unknown token' },
      { route: 'POST /okta-event-hook', reason: 'no token' },
    ]);
  });

  test('the count of refused requests has the dimensions of the alarm', async () => {
    const providers = startProviders();
    await post(providers, john, { authorization: `Bearer ${provider43}` });

    expect(providers.lines).toMatchObject([
      {
        stack: 'green-api-logout',
        status: '401',
        route: 'POST /offboarding',
        _aws: {
          CloudWatchMetrics: [
            {
              Dimensions: [
                ['stack', 'status'],
                ['stack', 'status', 'route'],
              ],
            },
          ],
        },
      },
    ]);
  });
});

describe('the event hook of Okta', () => {
  test.each(['My verification challenge string', 'x'.repeat(1_024)])(
    'returns the verification value %.40s',
    async (verification) => {
      const answer = await startProviders().webhook('GET', '/okta-event-hook', {
        headers: { ...okta, 'x-okta-verification-challenge': verification },
      });

      expect(answer).toMatchObject({ status: 200, body: { verification } });
    },
  );

  test.each([undefined, 'x'.repeat(1_025)])('refuses an invalid challenge', async (challenge) => {
    const headers = { ...okta, ...(challenge && { 'x-okta-verification-challenge': challenge }) };
    const providers = startProviders();

    expect(await providers.webhook('GET', '/okta-event-hook', { headers })).toMatchObject({ status: 400 });
    // Nobody can have left by it.
    expect(providers.lines.filter(({ message }) => message === 'event not understood')).toEqual([]);
  });

  test('a sign-in, as in the example of Okta, logs nobody out', async () => {
    const providers = startProviders();

    const answer = await providers.webhook('POST', '/okta-event-hook', {
      headers: okta,
      body: JSON.stringify(oktaDelivery),
    });

    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(providers.runs()).toEqual([]);
  });

  test('a deactivation starts a run for the person, with every identity in the event', async () => {
    const providers = startProviders();

    expect(await deliver(providers, [oktaDetail])).toMatchObject({ status: 204, text: '' });
    expect(providers.runs()).toMatchObject([
      {
        target: { owner: 'john.doe@example.com 00u3m90rxKjGQ0G6L1d6' },
        requestedBy: `okta-event-hook okta ${oktaDetail.uuid}`,
      },
    ]);
  });

  test.each(['user.lifecycle.deactivate', 'user.lifecycle.suspend', 'user.lifecycle.delete.initiated'])(
    '%s reports a leaver',
    async (eventType) => {
      const providers = startProviders();
      await deliver(providers, [deactivated('1', 'john.doe@example.com', eventType)]);

      expect(providers.runs()).toHaveLength(1);
    },
  );

  test('an unreadable event does not affect the others, and raises the alarm', async () => {
    const providers = startProviders();

    const answer = await deliver(providers, [
      deactivated('1', 'john.doe@example.com'),
      { ...deactivated('2', 'x'), target: 'nobody' },
      null,
      7,
      deactivated('3', 'ann@example.com'),
    ]);

    expect(answer).toMatchObject({ status: 204 });
    expect(providers.runs().map(({ target }) => target)).toEqual([
      { owner: 'john.doe@example.com 00u1' },
      { owner: 'ann@example.com 00u3' },
    ]);
    expect(providers.lines.filter(({ message }) => message === 'event not understood')).toHaveLength(3);
  });

  test('an event from the future starts nothing, is not sent again, and raises the alarm', async () => {
    const providers = startProviders();
    const event = { ...deactivated('1', 'john.doe@example.com'), published: '2027-01-19T17:00:00Z' };

    expect(await deliver(providers, [event, deactivated('2', 'ann@example.com')])).toMatchObject({ status: 204 });
    expect(providers.runs()).toMatchObject([{ target: { owner: 'ann@example.com 00u2' } }]);
    expect(providers.lines).toContainEqual(
      expect.objectContaining({ unreadable: 1, problem: expect.stringMatching(/^detail.published must not be/) }),
    );
  });

  test('the run records who made the change, as Okta claims, and the request', async () => {
    const providers = startProviders();
    await deliver(providers, [oktaDetail]);

    expect(providers.runs()).toMatchObject([
      {
        actor: { id: '00u2di94bAMSEPvAY1d6', name: 'okta.trainer@okta.com', claimedBy: 'okta-event-hook okta' },
        requestId: 'JKJaXmPLvHcESHA=',
        occurredAtIs: 'event',
      },
    ]);
  });

  test('a person of an event who has no usable identity does not affect the others, and raises the alarm', async () => {
    const providers = startProviders();
    const event = deactivated('1', 'john.doe@example.com');
    const target = [...event.target, { type: 'User', alternateId: 'unknown' }];

    const answer = await deliver(providers, [{ ...event, target }]);

    expect(answer).toMatchObject({ status: 204 });
    expect(providers.runs()).toHaveLength(1);
    expect(providers.lines).toContainEqual(expect.objectContaining({ message: 'event not understood', unreadable: 1 }));
  });

  test('the same event delivered again, in another envelope, is the same run', async () => {
    const providers = startProviders();
    await deliver(providers, [deactivated('1', 'john.doe@example.com')]);
    providers.wait(2_000);
    await deliver(providers, [deactivated('2', 'ann@example.com'), deactivated('1', 'john.doe@example.com')]);

    expect(providers.runNames()).toHaveLength(2);
  });

  test('if one run cannot be started, the others are started, and the answer makes Okta send again', async () => {
    const failure = { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' } as const;
    const providers = startProviders({
      fail: ({ target }) => ('owner' in target && target.owner.startsWith('john') ? failure : undefined),
    });

    const answer = await deliver(providers, [
      deactivated('1', 'john.doe@example.com'),
      deactivated('2', 'ann@example.com'),
    ]);

    expect(answer).toMatchObject({ status: 503 });
    expect(providers.runs()).toHaveLength(1);
  });

  const owners = Array.from({ length: 20 }, (_, person) => `person${person}@example.com`);

  test('the runs of a delivery are started at once', async () => {
    const providers = startProviders({ owners });

    expect(
      await deliver(
        providers,
        owners.map((owner, person) => deactivated(String(person), owner)),
      ),
    ).toMatchObject({
      status: 204,
    });
    expect(providers.runs()).toHaveLength(20);
  });

  test('runs for which there is no time are not started, and are started when Okta sends them again', async () => {
    // Ten at once take the 1.5 seconds that there are.
    const providers = startProviders({ owners, startMs: 150 });
    const events = owners.map((owner, person) => deactivated(String(person), owner));

    const first = await deliver(providers, events);
    const started = providers.runs().length;
    await deliver(providers, events);
    const last = await deliver(providers, events);

    expect([first.status, last.status]).toEqual([503, 204]);
    expect(started).toBe(10);
    expect(providers.runs()).toHaveLength(20);
    // The log names each event that started nothing.
    const late = providers.lines.slice(0, 21).filter(({ failure }) => failure === 'unavailable');
    expect(late).toHaveLength(20 - started);
    expect(late).toContainEqual(
      expect.objectContaining({ requestedBy: `okta-event-hook okta ${events[19]?.uuid}`, notStarted: 1 }),
    );
  });

  test('an unexpected error over one event does not affect the others', async () => {
    const providers = startProviders({
      owners,
      fail: ({ target }) => {
        if ('owner' in target && target.owner.startsWith('person0')) throw new RangeError('unexpected');
        return undefined;
      },
    });

    const events = owners.map((owner, person) => deactivated(String(person), owner));
    expect(await deliver(providers, events)).toMatchObject({ status: 500 });
    expect(providers.runs()).toHaveLength(19);
    expect(providers.lines).toContainEqual(
      expect.objectContaining({ message: 'unexpected error', name: 'RangeError' }),
    );
  });

  test('a copy without any list of owners waits one second for the first', async () => {
    const waits: number[] = [];
    const providers = startProviders({
      lastOwners: async (untilMs) => {
        waits.push(untilMs - Date.parse('2026-11-20T17:00:00Z'));
        return undefined;
      },
    });

    await deliver(providers, [oktaDetail]);

    expect(waits).toEqual([1_000]);
    expect(providers.runNames()).toEqual([expect.stringMatching(/^event-okta-/)]);
  });

  test('beyond maxPerHour: 503, the only kind of answer that Okta sends again after, and an alarm', async () => {
    const providers = startProviders({ maxPerHour: 1 });
    const events = [deactivated('1', 'john.doe@example.com'), deactivated('2', 'ann@example.com')];

    expect(await deliver(providers, events)).toMatchObject({
      status: 503,
      body: { code: 'held-back' },
      headers: { 'retry-after': '3600' },
    });
    expect(providers.runs()).toHaveLength(1);
    expect(providers.lines).toContainEqual(expect.objectContaining({ message: 'leaver held back', heldBack: 1 }));
  });

  const ann = deactivated('1', 'ann@example.com');
  const john = deactivated('2', 'john.doe@example.com');
  const nobody = deactivated('3', 'nobody@example.com');

  test('the line of an event with several people names the run that was started, and counts the other', async () => {
    const failure = { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' } as const;
    const providers = startProviders({
      fail: ({ target }) => ('owner' in target && target.owner.startsWith('john') ? failure : undefined),
    });
    const target = [ann, john].flatMap((event) => event.target);

    expect(await deliver(providers, [{ ...ann, target }])).toMatchObject({ status: 503 });
    expect(providers.lines.at(-1)).toEqual({
      level: 'WARN',
      message: 'offboarding',
      requestedBy: 'okta-event-hook okta 1',
      runs: providers.runNames(),
      failure: 'throttled',
      notStarted: 1,
    });
  });

  test.each([
    ['three events', [ann, john, nobody]],
    ['one event', [{ ...ann, target: [ann, john, nobody].flatMap(({ target }) => target) }]],
  ])(
    'of %s, one beyond maxPerHour and one that cannot be started: the answer is about the latter, which can help now',
    async (_, events) => {
      const failure = { kind: 'unavailable', detail: 'Lambda: TimeoutError' } as const;
      const providers = startProviders({
        maxPerHour: 1,
        fail: ({ target }) => ('owner' in target && target.owner.startsWith('nobody') ? failure : undefined),
      });

      expect(await deliver(providers, events)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect(providers.runs()).toMatchObject([{ target: { owner: 'ann@example.com 00u1' } }]);
    },
  );

  test('a delivery of 5 MB is read: whoever is in a delivery that is refused stays logged in', async () => {
    const providers = startProviders();
    const large = { ...deactivated('1', 'john.doe@example.com'), debugContext: 'x'.repeat(5_000_000) };

    expect(await deliver(providers, [large])).toMatchObject({ status: 204 });
    expect(providers.runs()).toHaveLength(1);
  });

  test.each([
    ['{', 'body', 'must be JSON'],
    ['[]', 'body', 'must be the JSON of an Okta event hook'],
    ['7', 'body', 'must be the JSON of an Okta event hook'],
    ['{}', 'data', 'is missing'],
    ['{"data":null}', 'data', 'must be an object with the list events'],
    ['{"data":{}}', 'data.events', 'is missing'],
    ['{"data":{"events":{}}}', 'data.events', 'must be a list'],
  ])('refuses %s: %s %s', async (body, field, rule) => {
    const providers = startProviders();

    const answer = await providers.webhook('POST', '/okta-event-hook', { headers: okta, body });

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request', field, detail: `${field} ${rule}` } });
    expect(providers.lines).toContainEqual(expect.objectContaining({ unreadable: 1 }));
  });
});
