import { createGreenApi } from '../../../functions/green-api/client.ts';
import type { Credential } from '../../../functions/green-api/credential.ts';
import type { Exchange, SendGet } from '../../../functions/green-api/exchange.ts';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { createReadLinkedNumber } from '../../../functions/green-api/linked-number.ts';
import { createRateLimiter, type RateLimiter } from '../../../functions/green-api/rate-limiter.ts';
import { deadlineIn } from '../../../functions/platform/deadline.ts';

const instance = { idInstance: '1101000001' as InstanceId, credential: {} as Credential };

test('a call does not wait for the rate limit of another method', async () => {
  const text = JSON.stringify({ isLogout: true, stateInstance: 'notAuthorized', isCleared: true });
  const greenApi = createGreenApi({
    sendGet: async () => ({ kind: 'answered', status: 200, text }),
    createRateLimiter: () => createRateLimiter({ intervalMs: 60_000 }),
  });
  const soon = deadlineIn(50_000);

  const answers = [
    await greenApi.logout(instance, soon),
    await greenApi.readState(instance, soon),
    await greenApi.clearQueue(instance, soon),
    await greenApi.logout(instance, soon),
  ];

  expect(answers.map(({ kind, requests }) => [kind, requests])).toEqual([
    ['accepted', 1],
    ['state', 1],
    ['cleared', 1],
    ['rate-limited', 0],
  ]);
});

const broken = (staleConnection: boolean): Exchange => ({ kind: 'broken', detail: 'ECONNRESET', staleConnection });
const answered = (text: string): Exchange => ({ kind: 'answered', status: 200, text });
const token = 'a'.repeat(50);

/** A client whose requests end so, one after another. `isSent`: they leave this process. */
const startClient = (
  exchanges: readonly Exchange[],
  { isSent = true, slot = 'free' as 'free' | 'queue-full' } = {},
) => {
  const left = [...exchanges];
  const requests: Parameters<SendGet>[1][] = [];
  const sent = jest.fn();
  const sendGet: SendGet = async (_url, options) => {
    requests.push(options);
    if (isSent) options.onSent();
    return left.shift() ?? broken(false);
  };
  const createRateLimiter = (): RateLimiter => ({ slot: async () => slot, sent });
  return { greenApi: createGreenApi({ sendGet, createRateLimiter }), requests, sent };
};

test('a request on a dead connection is sent once more, on a new connection, and each counts for the rate limit', async () => {
  const { greenApi, requests, sent } = startClient([broken(true), answered('{"isLogout":true}')]);
  const onSent = jest.fn();

  const answer = await greenApi.logout(instance, deadlineIn(50_000), onSent);

  expect(answer).toEqual({ kind: 'accepted', requests: 2, resent: true });
  expect(requests.map(({ freshConnection }) => freshConnection)).toEqual([false, true]);
  expect(sent.mock.calls).toEqual([['1101000001'], ['1101000001']]);
  expect(onSent).toHaveBeenCalledTimes(2);
});

test('a request is sent once more at most', async () => {
  const { greenApi, requests } = startClient([broken(true), broken(true), answered('{"isLogout":true}')]);

  expect(await greenApi.logout(instance, deadlineIn(50_000))).toMatchObject({ kind: 'unavailable', requests: 2 });
  expect(requests).toHaveLength(2);
});

test('a request that GREEN-API may have carried out is not sent again', async () => {
  const { greenApi, requests } = startClient([broken(false)]);

  expect(await greenApi.logout(instance, deadlineIn(50_000))).toEqual({
    kind: 'unavailable',
    detail: 'no answer from GREEN-API: ECONNRESET',
    requests: 1,
  });
  expect(requests).toHaveLength(1);
});

describe('updateApiToken', () => {
  test('is sent on a connection of its own, with time for a late answer, and counts for the rate limit', async () => {
    const { greenApi, requests, sent } = startClient([answered(JSON.stringify({ apiTokenInstance: token }))]);

    const answer = await greenApi.updateApiToken(instance, deadlineIn(50_000));

    expect(answer).toEqual({ kind: 'token-updated', apiTokenInstance: token, requests: 1 });
    expect(requests).toMatchObject([{ freshConnection: true, timeoutMs: 60_000 }]);
    expect(sent.mock.calls).toEqual([['1101000001']]);
  });

  test.each([
    ['was never sent if the connection broke before it left', broken(false), false, 'unavailable', 0],
    ['may have been carried out if the connection broke later', broken(true), true, 'unavailable', 1],
    ['may have been carried out if nothing is known of it', { kind: 'timed-out' } as const, false, 'timed-out', 1],
  ])('%s, and is not sent again', async (_, exchange, isSent, kind, count) => {
    const { greenApi, requests } = startClient([exchange], { isSent });

    expect(await greenApi.updateApiToken(instance, deadlineIn(50_000))).toMatchObject({ kind, requests: count });
    expect(requests).toHaveLength(1);
  });

  test('is not sent without a slot', async () => {
    const { greenApi, requests } = startClient([], { slot: 'queue-full' });

    expect(await greenApi.updateApiToken(instance, deadlineIn(50_000))).toMatchObject({
      kind: 'rate-limited',
      requests: 0,
    });
    expect(requests).toEqual([]);
  });
});

test.each([
  ['of its settings', { wid: '79876543210@c.us', typeInstance: 'whatsapp' }, '', ['getSettings'], '79876543210'],
  ['of its settings, without a type', { wid: '79876543210@c.us' }, '', ['getSettings'], '79876543210'],
  ['of a further device', { wid: '79876543210:12@s.whatsapp.net' }, '', ['getSettings'], '79876543210'],
  [
    'of its account, if its settings have none',
    { typeInstance: 'whatsapp', wid: '' },
    '{"phone":"+7 (987) 654-32-10"}',
    ['getSettings', 'getWaSettings'],
    '79876543210',
  ],
  [
    'of its account, if its settings have another name',
    { wid: '79876543210@c.us.example.com' },
    '{"phone":"1"}',
    ['getSettings', 'getWaSettings'],
    '1',
  ],
  [
    'of its account, if a letter stands before it',
    { wid: 'x79876543210@c.us' },
    '{"phone":"1"}',
    ['getSettings', 'getWaSettings'],
    '1',
  ],
  [
    'of its account, if it is of another messenger',
    { typeInstance: 'telegram', wid: '79876543210@c.us' },
    '{"phone":"79990000000"}',
    ['getSettings', 'getAccountSettings'],
    '79990000000',
  ],
])('the number that is linked to an instance is that %s', async (_, settings, account, methods, digits) => {
  const urls: string[] = [];
  const readLinkedNumber = createReadLinkedNumber({
    sendGet: async (url) => {
      urls.push(url);
      return answered(url.includes('/getSettings/') ? JSON.stringify(settings) : account);
    },
    createRateLimiter,
  });

  expect(await readLinkedNumber(instance, deadlineIn(50_000))).toMatchObject({ kind: 'number', digits });
  expect(urls.map((url) => url.split('/')[2])).toEqual(methods);
});

test.each([
  ['settings', [{ kind: 'answered', status: 401, text: '' }], 'credential-rejected'],
  ['account', [answered('{"typeInstance":"telegram"}'), { kind: 'timed-out' }], 'timed-out'],
] as const)('a failure to read the %s is reported, not taken for no number', async (_, exchanges, kind) => {
  const left: Exchange[] = [...exchanges];
  const sendGet: SendGet = async () => left.shift() ?? broken(false);

  const answer = await createReadLinkedNumber({ sendGet, createRateLimiter })(instance, deadlineIn(50_000));

  expect(answer.kind).toBe(kind);
});
