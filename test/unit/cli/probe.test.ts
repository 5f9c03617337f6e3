import { CommandFailed } from '../../../cli/errors.ts';
import { createCall, maskBody, type RecordedExchange } from '../../../cli/probe/exchange.ts';
import { probe, readMessenger } from '../../../cli/probe/probe.ts';
import { type Question, questions } from '../../../cli/probe/questions.ts';
import { createKeepToken } from '../../../cli/probe/read-target.ts';
import { type GreenApiEmulator, startGreenApi } from '../../../emulators/green-api/emulator.ts';
import type { FaultName } from '../../../emulators/green-api/faults.ts';
import type { DemoInstance, Method } from '../../../emulators/green-api/instance.ts';
import type { ApiUrl } from '../../../functions/green-api/api-url.ts';
import type { ApiToken } from '../../../functions/green-api/credential.ts';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { read } from '../../support/project-files.ts';

const idInstance = '1101000001';
const token = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

type Variant = {
  readonly instance?: Partial<DemoInstance>;
  /** Faults by method, for so many calls. */
  readonly faults?: Partial<Record<Method, FaultName>>;
  readonly times?: number;
  readonly limitHeaders?: Readonly<Record<string, string>>;
  readonly enforceLimit?: boolean;
  /** At this time, in milliseconds, somebody does something. */
  readonly at?: number;
  readonly act?: (greenApi: GreenApiEmulator, stop: AbortController) => void;
  readonly keeps?: boolean;
};

/** Probes an instance of the emulator. The clock moves only while the probe waits. */
const probeVariant = async (variant: Variant = {}) => {
  let clock = 0;
  const { instance, faults = {}, times, limitHeaders, enforceLimit = true, at, act, keeps = true } = variant;
  await using greenApi = await startGreenApi({
    instances: [{ idInstance, apiTokenInstance: token, phone: '491701234567', logoutDelayMs: 2_000, ...instance }],
    now: () => clock,
    enforceLimit,
    ...(limitHeaders && { limitHeaders }),
  });
  for (const [method, fault] of Object.entries(faults))
    greenApi.setFault(idInstance, fault, { method: method as Method, ...(times && { times }) });
  const exchanges: RecordedExchange[] = [];
  const stop = new AbortController();
  const target = {
    idInstance: idInstance as InstanceId,
    credential: { apiUrl: greenApi.apiUrl as ApiUrl, apiTokenInstance: greenApi.tokenOf(idInstance) as ApiToken },
  };
  const kept: string[] = [];
  const call = createCall(
    target,
    (exchange) => exchanges.push(exchange),
    () => clock,
  );
  const result = await probe({
    call,
    token: target.credential.apiTokenInstance,
    messenger: readMessenger(await call('getSettings')),
    clearsQueue: true,
    keepToken: async (changed) => {
      kept.push(changed);
      return keeps;
    },
    now: () => clock,
    sleep: async (ms) => {
      if (at !== undefined && clock < at && clock + ms >= at) act?.(greenApi, stop);
      clock += ms;
    },
    signal: stop.signal,
    note: () => {},
  });
  const found = Object.fromEntries(result.findings.map(({ question, finding }) => [question, finding]));
  return { ...result, found, kept, exchanges, currentToken: greenApi.tokenOf(idInstance), ms: clock };
};

const asExpected = {
  logout: 'accepted',
  'time-to-out': 'out',
  'stays-out': 'stays',
  'second-logout': 'accepted',
  'clear-queue': 'cleared',
  'calls-session': 'not-available',
  'rotation-while-out': 'works',
  'old-token': 'at-once',
  'rotation-limit': 'limited',
  'rate-limit': 'nothing',
  'token-form': 'as-in-samples',
} satisfies Record<Question, string>;

const afterLogout = Object.fromEntries(
  (Object.keys(questions) as Question[])
    .filter((question) => !['logout', 'time-to-out', 'rate-limit', 'token-form'].includes(question))
    .map((question) => [question, 'not-measured']),
);

const notRotated = { 'old-token': 'not-measured', 'rotation-limit': 'not-measured' };

const variants: readonly [name: string, variant: Variant, found: Readonly<Record<string, string>>][] = [
  ['everything as documented', {}, {}],
  ['a slow logout', { instance: { logoutDelayMs: 45_000 } }, {}],
  [
    'a first logout that ends nothing',
    { faults: { logout: 'still-authorized' }, times: 1 },
    { 'time-to-out': 'out-after-second' },
  ],
  [
    'a session that no logout ends',
    { instance: { survivesLogout: true } },
    { ...afterLogout, 'time-to-out': 'still-linked' },
  ],
  [
    'a state that says nothing',
    { faults: { getStateInstance: 'state-null' } },
    { ...afterLogout, 'time-to-out': 'unknown', 'rate-limit': 'nothing' },
  ],
  [
    'a logout that is refused',
    { faults: { logout: 'is-logout-false' } },
    { ...afterLogout, logout: 'refused', 'time-to-out': 'still-linked' },
  ],
  [
    'a logout that fails',
    { faults: { logout: 'http-500' }, times: 1 },
    { logout: 'failed', 'time-to-out': 'out-after-second' },
  ],
  [
    'a logout that ends the session, and fails',
    { faults: { logout: 'logged-out-but-500' }, times: 1 },
    { logout: 'failed' },
  ],
  ['a logout without an answer', { faults: { logout: 'logged-out-but-reset' }, times: 1 }, { logout: 'no-answer' }],
  [
    'a state that comes back',
    { at: 5_500, act: (greenApi) => greenApi.setState(idInstance, 'authorized') },
    { 'stays-out': 'changes' },
  ],
  [
    'a second logout that is refused',
    { instance: { repeatedLogout: 'is-not-logout' } },
    { 'second-logout': 'refused' },
  ],
  [
    'a second logout that is an error',
    { instance: { repeatedLogout: 'starting-or-not-authorized' } },
    { 'second-logout': 'not-authorized' },
  ],
  [
    'a second logout that fails',
    { at: 8_000, act: (greenApi) => greenApi.setFault(idInstance, 'http-500', { method: 'logout' }) },
    { 'second-logout': 'failed' },
  ],
  [
    'a second logout without an answer',
    { at: 8_000, act: (greenApi) => greenApi.setFault(idInstance, 'reset', { method: 'logout' }) },
    { 'second-logout': 'no-answer' },
  ],
  ['a token of another form', { instance: { apiTokenInstance: 'Example-token' } }, { 'token-form': 'another' }],
  ['Calls that fail', { faults: { callsLogout: 'http-500' } }, { 'calls-session': 'failed' }],
  ['a queue that is not cleared', { faults: { clearMessagesQueue: 'false-answer' } }, { 'clear-queue': 'not-cleared' }],
  ['a queue without an answer', { faults: { clearMessagesQueue: 'not-authorized' } }, { 'clear-queue': 'failed' }],
  ['a session of Calls of its own', { instance: { calls: 'own-session' } }, { 'calls-session': 'own-session' }],
  [
    'a session of Calls that the logout ends',
    { instance: { calls: 'ended-by-logout' } },
    { 'calls-session': 'nothing-left' },
  ],
  ['Calls that always answer true', { instance: { calls: 'always-true' } }, { 'calls-session': 'undecided' }],
  ['an agent of Calls that fails', { instance: { calls: 'agent-error' } }, { 'calls-session': 'not-available' }],
  ['an instance of Telegram', { instance: { typeInstance: 'telegram' } }, { 'calls-session': 'not-measured' }],
  ['an old token that works for a while', { instance: { oldTokenValidMs: 20_000 } }, { 'old-token': 'later' }],
  [
    'an old token that goes on working',
    { instance: { oldTokenValidMs: 900_000 } },
    { 'old-token': 'works', 'rotation-limit': 'not-measured' },
  ],
  [
    'a change of the token that needs a linked phone',
    { faults: { updateApiToken: 'not-authorized' } },
    { ...notRotated, 'rotation-while-out': 'refused' },
  ],
  [
    'a change of the token whose answer is lost',
    { faults: { updateApiToken: 'token-changed-but-500' } },
    { ...notRotated, 'rotation-while-out': 'lost', 'rate-limit': 'not-measured' },
  ],
  ['a 429 with Retry-After', { limitHeaders: { 'Retry-After': '1' } }, { 'rate-limit': 'retry-after' }],
  ['a 429 with a limit', { limitHeaders: { 'X-RateLimit-Remaining': '0' } }, { 'rate-limit': 'headers' }],
  ['no limit', { enforceLimit: false }, { 'rate-limit': 'not-limited', 'rotation-limit': 'no-limit-seen' }],
];

test.each(variants)('%s: the probe finds it', async (_name, variant, found) => {
  const { found: actual, ms } = await probeVariant(variant);

  expect(actual).toEqual({ ...asExpected, ...found });
  expect(ms).toBeLessThan(4 * 60_000);
});

test('the variants lead to every finding', () => {
  const all = Object.entries(questions).flatMap(([question, { findings }]) =>
    Object.keys(findings).map((finding) => `${question} ${finding}`),
  );
  const reached = variants.flatMap(([, , found]) =>
    Object.entries({ ...asExpected, ...found }).map(([question, finding]) => `${question} ${finding}`),
  );

  expect(all.filter((finding) => !reached.includes(finding))).toEqual([]);
});

test('the new token is kept at once, and nothing that is written has a token, a number or the id', async () => {
  const { kept, currentToken, findings, exchanges, isTokenLost } = await probeVariant({
    instance: { calls: 'own-session' },
    limitHeaders: { 'X-RateLimit-Key': token, 'X-RateLimit-Instance': idInstance },
  });

  const written = JSON.stringify({ findings, exchanges });
  expect({ kept, isTokenLost }).toEqual({ kept: [currentToken], isTokenLost: false });
  for (const secret of [token, currentToken, '491701234567', idInstance]) expect(written).not.toContain(secret);
  expect(exchanges.map(({ method }) => method)).toContain('callsLogout');
  expect(exchanges.find(({ method }) => method === 'updateApiToken')?.body).toBe('{"apiTokenInstance":"…"}');
});

test('a new token is written again if that fails, and the other fields of the secret stay', async () => {
  const written: string[] = [];
  const write = async (_name: string, text: string) => {
    if (written.push(text) < 3) throw new CommandFailed('throttled');
  };
  const keepToken = createKeepToken({ write }, 'green-api/1', '{"apiUrl":"https://a","apiTokenInstance":"old"}');

  expect(await keepToken('new' as ApiToken)).toBe(true);
  expect(written).toEqual(Array(3).fill('{"apiUrl":"https://a","apiTokenInstance":"new"}'));
});

test.each([
  ['that cannot be kept', { keeps: false }],
  ['whose answer is lost', { faults: { updateApiToken: 'token-changed-but-reset' } }],
] as const)('a new token %s is reported as lost', async (_name, variant) => {
  expect(await probeVariant(variant)).toMatchObject({ isTokenLost: true, isOut: true });
});

test.each([
  [1_000, false, 'not-measured'],
  [5_000, true, 'out'],
])('Ctrl-C after %i ms begins no further call, and keeps what there is', async (at, isOut, timeToOut) => {
  const { found, exchanges, ...result } = await probeVariant({ at, act: (_, stop) => stop.abort() });

  expect(result).toMatchObject({ isInterrupted: true, isOut, isTokenLost: false, kept: [] });
  expect(found).toMatchObject({ logout: 'accepted', 'time-to-out': timeToOut, 'second-logout': 'not-measured' });
  expect(exchanges.every(({ atMs }) => atMs <= at)).toBe(true);
});

test.each([
  ['{"isLogout":true,"phone":"491701234567","name":"John Doe"}', '{"isLogout":true,"phone":"…","name":"…"}'],
  ['{"message":"instance 1101000001 of john.doe@example.com"}', '{"message":"instance … of …"}'],
  ['the phone +49 (170) 123-45-67', 'the phone +…'],
  ['{"code":491701234567,"status":400}', '{"code":"…","status":400}'],
  [`token ${token} is wrong`, 'token … is wrong'],
  ['<html><head><title>502 Bad Gateway</title></head></html>', 'a page: 502 Bad Gateway'],
  ['[{"idInstance":1101000001}]', 'a list of 1'],
])('of the body %s only the form is kept', (body, kept) => {
  expect(maskBody(body)).toBe(kept);
});

test('the page about GREEN-API lists every question', () => {
  const page = read('docs/green-api.md');

  for (const { asks } of Object.values(questions)) expect(page).toContain(`| ${asks} |`);
});
