import { UserNotRead } from '../../functions/offboarding/user-status.ts';
import { createScheduleHandler } from '../../functions/schedule.ts';
import { userIdOf } from '../../functions/scim/user-id.ts';
import { contextOf } from './http-event.ts';
import { type ProvidersOptions, startProviders, tokens } from './identity-providers.ts';
import { changed, customEvent, nativeEvent, oktaEvent, scimEvent } from './offboarding-events.ts';
import { createOffboarding, type FunctionOptions } from './offboarding-handler.ts';
import { createSetup, requestOf } from './run-setup.ts';

// Makes what goes wrong happen, by each way in, and returns what the functions wrote into their logs.

/** A line of a log. */
export type Line = Readonly<Record<string, unknown>>;

export type Drive = () => Promise<readonly Line[]>;

export const viaProviders =
  (act: (providers: ReturnType<typeof startProviders>) => Promise<unknown>, options?: ProvidersOptions): Drive =>
  async () => {
    const providers = startProviders(options);
    await act(providers);
    return providers.lines;
  };

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const john = { id: 'hr-1', email: 'john.doe@example.com' };
export const post = (body: object, token: string = tokens.hr) =>
  viaProviders((providers) =>
    providers.webhook('POST', '/offboarding', { headers: bearer(token), body: JSON.stringify(body) }),
  );
export const deliver = (events: readonly object[], token: string = tokens.okta) =>
  viaProviders((providers) =>
    providers.webhook('POST', '/okta-event-hook', {
      headers: bearer(token),
      body: JSON.stringify({ data: { events } }),
    }),
  );
export const patch = (path: string, value: unknown, headers = {}, options?: ProvidersOptions) =>
  viaProviders(
    (providers) =>
      providers.scim('PATCH', `/Users/${userIdOf('john.doe@example.com')}`, {
        headers,
        body: JSON.stringify({ Operations: [{ op: 'replace', path, value }] }),
      }),
    options,
  );

export const viaBus =
  (event: unknown, options: FunctionOptions = {}): Drive =>
  async () => {
    const handler = createOffboarding({ now: '2026-11-20T17:00:05Z', ...options });
    await handler.put(event).catch(() => undefined);
    return handler.lines.map((line) => JSON.parse(line));
  };
export const lambdaThrottles: FunctionOptions = {
  fail: () => ({ kind: 'throttled', detail: 'Lambda: TooManyRequestsException' }),
};
export const directoryThrottles: FunctionOptions = {
  isDisabled: () => Promise.reject(new UserNotRead('IAM Identity Center: ThrottlingException', 'ThrottlingException')),
};

export const viaSchedule =
  (input: object, kind: 'started' | 'throttled'): Drive =>
  async () => {
    const lines: Line[] = [];
    const handler = createScheduleHandler({
      startRun: async (id) =>
        kind === 'started' ? { kind, id } : { kind, detail: 'Lambda: TooManyRequestsException' },
      stack: 'green-api-logout',
      limits: { maxTargetsCeiling: 500, executionTimeoutMs: 30 * 86_400_000 },
      log: (_level, message, fields) => void lines.push({ message, ...fields }),
    });
    await handler(input, contextOf()).catch(() => undefined);
    return lines;
  };
export const firing = {
  schedule: 'nightly',
  scheduledTime: '2026-11-22T22:00:00Z',
  target: { group: 'kiosks' },
  reason: 'end of the day',
};

const owner = 'anna@example.com';
export const phones = { '1101000001': { tags: { owner } }, '1101000002': { tags: { owner, protected: true } } };

export const viaRun =
  (source: 'offboarding' | 'schedule' | 'api', scripts: Parameters<typeof createSetup>[0], isDenied = false): Drive =>
  async () => {
    const setup = createSetup(scripts);
    const { listInstances } = setup.dependencies;
    const denied = async () => ({ kind: 'list-denied', detail: 'allow secretsmanager:ListSecrets' }) as const;
    await setup.run(requestOf({ target: { owner }, source }), { listInstances: isDenied ? denied : listInstances });
    return setup.facts;
  };

export const unknownToken = 'x'.repeat(43);
export const withoutUser = {
  'custom event': changed(customEvent, { 'detail.email': undefined }),
  'log streaming': changed(oktaEvent, { 'detail.target': [] }),
  CloudTrail: changed(scimEvent('DeleteUser'), { 'detail.requestParameters.id': 'xxxx' }),
  'own events': changed(nativeEvent, { resources: [] }),
};
export const unreadableUser = {
  uuid: 'e1',
  published: '2026-11-20T17:00:00Z',
  eventType: 'user.lifecycle.deactivate',
  outcome: { result: 'SUCCESS' },
  target: [],
};
