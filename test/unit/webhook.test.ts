import { listLagMs } from '../../functions/identity-providers/leaver-limit.ts';
import { oktaDelivery } from '../support/exchanges/okta.ts';
import { startProviders, tokens } from '../support/identity-providers.ts';
import { oktaEvent } from '../support/offboarding-events.ts';

const oktaDetail = oktaEvent.detail as Readonly<Record<string, unknown>>;
const hr = { authorization: `Bearer ${tokens.hr}` };
const okta = { authorization: tokens.okta };
const john = { id: 'hr-2026-001734', email: 'john.doe@example.com', reason: 'left the company' };

const post = (providers: ReturnType<typeof startProviders>, body: unknown, headers: Record<string, string> = hr) =>
  providers.webhook('POST', '/offboarding', { headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

const deliver = (providers: ReturnType<typeof startProviders>, events: readonly unknown[], headers = okta) =>
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
    expect(answer).toMatchObject({ status: 202, body: { id }, headers: { location: `/forced-logouts/${id}` } });
    expect(providers.runs()).toEqual([
      {
        target: { owner: 'john.doe@example.com' },
        reason: 'left the company',
        requestedBy: 'webhook hr hr-2026-001734',
        source: 'offboarding',
        requestId: 'JKJaXmPLvHcESHA=',
        occurredAt: '2026-11-20T17:00:00.000Z',
        occurredAtIs: 'arrival',
        maxTargets: 50,
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

  test('a heartbeat starts nothing, and is counted', async () => {
    const providers = startProviders();

    expect(await post(providers, { heartbeat: true })).toMatchObject({ status: 204, text: '' });
    expect(providers.runs()).toEqual([]);
    expect(providers.lines).toMatchObject([{ message: 'identity provider request', caller: 'hr', callerRequests: 1 }]);
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

  test('beyond maxPerHour: 429 with the time to wait, an alarm, and no run', async () => {
    const providers = startProviders({ maxPerHour: 1 });
    await post(providers, john);

    const answer = await post(providers, { id: '2', email: 'ann@example.com' });

    expect(answer).toMatchObject({ status: 429, body: { code: 'held-back' }, headers: { 'retry-after': '3600' } });
    expect(providers.runs()).toHaveLength(1);
    expect(providers.lines).toContainEqual(expect.objectContaining({ message: 'leaver held back', heldBack: 1 }));
  });

  test('a list of owners that takes longer than a second does not keep the provider waiting, and the person counts', async () => {
    jest.useFakeTimers();
    const providers = startProviders({ readOwners: () => new Promise(() => {}) });
    const answered = jest.fn();

    void post(providers, john).then(answered);
    await jest.advanceTimersByTimeAsync(1_000);

    expect(answered).toHaveBeenCalledWith(expect.objectContaining({ status: 202 }));
    expect(providers.runNames()).toEqual([expect.stringMatching(/^event-hr-/)]);
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
      expect(providers.lines).toEqual([]);
    },
  );
});

describe('the event hook of Okta', () => {
  test('returns the verification value', async () => {
    const answer = await startProviders().webhook('GET', '/okta-event-hook', {
      headers: { ...okta, 'x-okta-verification-challenge': 'My verification challenge string' },
    });

    expect(answer).toMatchObject({ status: 200, body: { verification: 'My verification challenge string' } });
  });

  test.each([undefined, 'x'.repeat(2_000)])('refuses an invalid challenge', async (challenge) => {
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

  test('offboardings without enough time are not started, and are started when Okta sends them again', async () => {
    const owners = Array.from({ length: 8 }, (_, person) => `person${person}@example.com`);
    const providers = startProviders({ owners });
    const events = owners.map((owner, person) => deactivated(String(person), owner));

    const first = await deliver(providers, events);
    const started = providers.runs().length;
    const second = await deliver(providers, events);

    expect([first.status, second.status]).toEqual([503, 204]);
    expect(started).toBeLessThan(8);
    expect(providers.runs()).toHaveLength(8);
    // The log names each event that started nothing.
    const late = providers.lines.filter(({ failure }) => failure === 'unavailable');
    expect(late.map(({ requestedBy, notStarted }) => [requestedBy, notStarted])).toEqual(
      events.slice(started).map(({ uuid }) => [`okta-event-hook okta ${uuid}`, 1]),
    );
  });

  test('nor of the people of one event', async () => {
    const owners = Array.from({ length: 8 }, (_, person) => `person${person}@example.com`);
    const providers = startProviders({ owners });
    const target = owners.flatMap((owner) => deactivated(owner, owner).target);
    const event = { ...deactivated('1', ''), target };

    const first = await deliver(providers, [event]);
    const started = providers.runs().length;
    const second = await deliver(providers, [event]);

    expect([first.status, second.status]).toEqual([503, 204]);
    expect(started).toBeLessThan(8);
    expect(providers.runs()).toHaveLength(8);
    expect(providers.lines).toContainEqual(
      expect.objectContaining({ failure: 'unavailable', notStarted: 8 - started }),
    );
  });

  test('beyond maxPerHour: 429, which Okta does not send again', async () => {
    const providers = startProviders({ maxPerHour: 1 });
    const events = [deactivated('1', 'john.doe@example.com'), deactivated('2', 'ann@example.com')];

    expect(await deliver(providers, events)).toMatchObject({ status: 429 });
    expect(providers.runs()).toHaveLength(1);
  });

  const ann = deactivated('1', 'ann@example.com');
  const john = deactivated('2', 'john.doe@example.com');
  const nobody = deactivated('3', 'nobody@example.com');

  test.each([
    ['three events', [ann, john, nobody]],
    ['one event', [{ ...ann, target: [ann, john, nobody].flatMap(({ target }) => target) }]],
  ])('of %s, one beyond maxPerHour and one that cannot be started: 503, which Okta sends again', async (_, events) => {
    const failure = { kind: 'unavailable', detail: 'Lambda: TimeoutError' } as const;
    const providers = startProviders({
      maxPerHour: 1,
      fail: ({ target }) => ('owner' in target && target.owner.startsWith('nobody') ? failure : undefined),
    });

    expect(await deliver(providers, events)).toMatchObject({ status: 503 });
    expect(providers.runs()).toMatchObject([{ target: { owner: 'ann@example.com 00u1' } }]);
  });

  test('a delivery of 5 MB is read: whoever is in a delivery that is refused stays logged in', async () => {
    const providers = startProviders();
    const large = { ...deactivated('1', 'john.doe@example.com'), debugContext: 'x'.repeat(5_000_000) };

    expect(await deliver(providers, [large])).toMatchObject({ status: 204 });
    expect(providers.runs()).toHaveLength(1);
  });

  test.each(['{', '[]', '{}', '{"data":{}}', '{"data":{"events":{}}}', '{"data":null}'])('refuses %s', async (body) => {
    const providers = startProviders();

    const answer = await providers.webhook('POST', '/okta-event-hook', { headers: okta, body });

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(providers.lines).toContainEqual(expect.objectContaining({ unreadable: 1 }));
  });
});
