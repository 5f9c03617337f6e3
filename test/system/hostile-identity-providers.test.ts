import fc from 'fast-check';
import { startProviders, tokens } from '../support/identity-providers.ts';
import { oktaEvent } from '../support/offboarding-events.ts';
import { hostileBody, hostileText } from '../support/system/hostile-values.ts';

const detail = oktaEvent.detail as Readonly<Record<string, unknown>>;

/** What JSON can hold. */
const hostileJson = fc.oneof(hostileText, fc.jsonValue());

const report = fc.record(
  {
    id: fc.oneof(fc.constant('hr-1'), hostileText),
    email: fc.oneof(fc.constant('john.doe@example.com'), hostileText),
    owner: hostileText,
    reason: hostileText,
    effectiveAt: fc.oneof(fc.constant('2026-11-30T17:00:00Z'), hostileText),
    dryRun: hostileJson,
    heartbeat: hostileJson,
    target: hostileJson,
  },
  { requiredKeys: [] },
);

const person = fc.record(
  { id: hostileText, type: fc.constantFrom('User', 'user', 'AppInstance'), alternateId: hostileText },
  { requiredKeys: [] },
);

const event = fc.oneof(
  hostileJson,
  fc.record({
    ...Object.fromEntries(Object.keys(detail).map((key) => [key, fc.oneof(fc.constant(detail[key]), hostileJson)])),
  }),
  fc.array(fc.oneof(person, hostileJson), { maxLength: 5 }).map((target) => ({ ...detail, target })),
);

/** Only ever a person, by identities that are words. */
const isOneOwner = (target: object): boolean =>
  Object.keys(target).join() === 'owner' &&
  Object.values(target).every((owner) => /^[^\s\p{C}]+(?: [^\s\p{C}]+)*$/u.test(owner));

test('any request to the webhook gets an answer, and starts at most one run for one owner', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        report.map((body) => JSON.stringify(body)),
        hostileBody,
      ),
      async (body) => {
        const providers = startProviders();
        const headers = { authorization: `Bearer ${tokens.hr}` };

        const { status } = await providers.webhook('POST', '/offboarding', { headers, body });

        expect([202, 204, 400]).toContain(status);
        expect(providers.runs()).toHaveLength(status === 202 ? 1 : 0);
        expect(providers.runs().every(({ target }) => isOneOwner(target))).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('for any other events in a delivery, the valid event among them starts its run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 3 }), fc.array(event, { maxLength: 3 }), async (before, after) => {
      const providers = startProviders();
      const headers = { authorization: tokens.okta };
      const body = JSON.stringify({ data: { events: [...before, { ...detail, uuid: 'the-good-one' }, ...after] } });

      fc.pre(Buffer.byteLength(body) <= 5 * 1_024 * 1_024);
      const { status } = await providers.webhook('POST', '/okta-event-hook', { headers, body });

      expect(status).toBe(204);
      const good = providers.runs().filter(({ requestedBy }) => requestedBy.endsWith(' the-good-one'));
      expect(good).toHaveLength(1);
      expect(providers.runs().every(({ target }) => isOneOwner(target))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a route accepts no authorization header except the right token', async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, fc.constantFrom('/offboarding', '/okta-event-hook'), async (authorization, path) => {
      const providers = startProviders();

      const { status } = await providers.webhook('POST', path, { headers: { authorization }, body: '{' });

      expect(status).toBe(401);
      const [{ reason, ...line } = {}, ...others] = providers.lines;
      expect(line).toEqual({ level: 'WARN', message: 'request refused', route: `POST ${path}` });
      expect(['no token', 'not a token of this service']).toContain(reason);
      expect(others).toEqual([]);
    }),
  );
});
