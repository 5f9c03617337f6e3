import { randomBytes } from 'node:crypto';
import { type Answer, code401, json, text } from './responses.ts';

/** An instance as the code that starts the emulator describes it. */
export type DemoInstance = {
  /** 1 to 20 digits. */
  readonly idInstance: string;
  readonly apiTokenInstance: string;
  /** `null` is what a new instance reports. @default 'authorized' */
  readonly stateInstance?: string | null;
  /** Milliseconds from an accepted logout to `notAuthorized`. @default 300 */
  readonly logoutDelayMs?: number;
  /** A logout is accepted, and the state stays what it is, as in https://github.com/green-api/issues/issues/783. @default false */
  readonly survivesLogout?: boolean;
  /** The answer to a logout of an instance that is logged out already; GREEN-API does not document it. @default 'is-logout' */
  readonly repeatedLogout?: 'is-logout' | 'is-not-logout' | 'starting-or-not-authorized';
  /** Milliseconds for which the old token still works after `updateApiToken`; GREEN-API does not document it. @default 0 */
  readonly oldTokenValidMs?: number;
  /**
   * The session of WhatsApp Calls. Whether a logout ends it is not documented, nor what `callsLogout` answers without one.
   * @default 'none'
   */
  readonly calls?: 'none' | 'own-session' | 'ended-by-logout' | 'always-true' | 'agent-error';
  /** @default 'whatsapp' */
  readonly typeInstance?: 'whatsapp' | 'telegram' | 'v3';
  /** Digits of the number that is linked. @default one made of the id */
  readonly phone?: string;
  /** `getSettings` does not name the number of a linked account. @default false */
  readonly withoutWid?: boolean;
};

/** An instance as the emulator keeps it. */
type Instance = Readonly<Required<DemoInstance>> & {
  stateInstance: string | null;
  survivesLogout: boolean;
  notAuthorizedAtMs: number;
  hasCalls: boolean;
  apiTokenInstance: string;
  /** Tokens that were replaced, each with the time from which it is rejected. */
  readonly oldTokens: Map<string, number>;
};

export const createInstance = (instance: DemoInstance): Instance => ({
  stateInstance: 'authorized',
  logoutDelayMs: 300,
  survivesLogout: false,
  repeatedLogout: 'is-logout',
  oldTokenValidMs: 0,
  calls: 'none',
  typeInstance: 'whatsapp',
  phone: `4915${instance.idInstance}`,
  withoutWid: false,
  ...instance,
  notAuthorizedAtMs: Number.POSITIVE_INFINITY,
  hasCalls: true,
  oldTokens: new Map(),
});

export const stateAt = (instance: Instance, nowMs: number): string | null =>
  nowMs >= instance.notAuthorizedAtMs ? 'notAuthorized' : instance.stateInstance;

export const setStateOf = (instance: Instance, stateInstance: string | null, survivesLogout = false): void => {
  instance.stateInstance = stateInstance;
  instance.survivesLogout = survivesLogout;
  instance.notAuthorizedAtMs = Number.POSITIVE_INFINITY;
};

export const isTokenValid = (instance: Instance, token: string, nowMs: number): boolean =>
  token === instance.apiTokenInstance || nowMs < (instance.oldTokens.get(token) ?? Number.NEGATIVE_INFINITY);

/** Replaces the token, as `updateApiToken` and the console of GREEN-API do. */
export const changeToken = (
  instance: Instance,
  nowMs: number,
  apiTokenInstance: string = randomBytes(25).toString('hex'),
): void => {
  instance.oldTokens.set(instance.apiTokenInstance, nowMs + instance.oldTokenValidMs);
  instance.oldTokens.delete(apiTokenInstance);
  instance.apiTokenInstance = apiTokenInstance;
};

const repeatedLogouts = {
  'is-logout': json(200, { isLogout: true }),
  'is-not-logout': json(200, { isLogout: false }),
  'starting-or-not-authorized': text(400, 'instance is starting or not authorized'),
} as const satisfies Record<Instance['repeatedLogout'], Answer>;

const logout = (instance: Instance, nowMs: number): Answer => {
  if (stateAt(instance, nowMs) === 'notAuthorized') return repeatedLogouts[instance.repeatedLogout];
  if (instance.calls === 'ended-by-logout') instance.hasCalls = false;
  // A logout that is under way keeps its time.
  if (!instance.survivesLogout)
    instance.notAuthorizedAtMs = Math.min(instance.notAuthorizedAtMs, nowMs + instance.logoutDelayMs);
  return json(200, { isLogout: true });
};

const getStateInstance = (instance: Instance, nowMs: number): Answer => {
  const stateInstance = stateAt(instance, nowMs);
  return json(200, stateInstance === null ? null : { stateInstance });
};

/** An old token that still works for a moment does not get a second new token. */
const updateApiToken = (instance: Instance, nowMs: number, token: string): Answer => {
  if (token !== instance.apiTokenInstance) return code401;
  changeToken(instance, nowMs);
  return json(200, { apiTokenInstance: instance.apiTokenInstance });
};

/** Empty while no account is linked. */
const phoneAt = (instance: Instance, nowMs: number): string =>
  [null, 'notAuthorized', 'blocked', 'starting'].includes(stateAt(instance, nowMs)) ? '' : instance.phone;

/** Of the settings only those of the account. Telegram and MAX have an account of their own, which is no number. */
const getSettings = (instance: Instance, nowMs: number): Answer => {
  const { typeInstance, withoutWid } = instance;
  const phone = withoutWid ? '' : phoneAt(instance, nowMs);
  const wid = typeInstance === 'whatsapp' ? `${phone}@c.us` : `8${instance.idInstance}`;
  return json(200, { wid: phone === '' ? '' : wid, typeInstance });
};

const accountOf = (instance: Instance, nowMs: number): Answer =>
  json(200, { avatar: '', phone: phoneAt(instance, nowMs), stateInstance: stateAt(instance, nowMs) });

const getWaSettings = (instance: Instance, nowMs: number): Answer =>
  instance.typeInstance === 'whatsapp' ? accountOf(instance, nowMs) : text(404, 'Not Found');

const getAccountSettings = (instance: Instance, nowMs: number): Answer =>
  instance.typeInstance === 'whatsapp' ? text(404, 'Not Found') : accountOf(instance, nowMs);

/** https://green-api.com/en/docs/calls/account/callsLogout/ */
const callsLogout = (instance: Instance): Answer => {
  if (instance.calls === 'none' || instance.typeInstance !== 'whatsapp') return text(404, 'Instance not found');
  if (instance.calls === 'agent-error') return text(400, 'Calls agent error');
  const isLogout = instance.hasCalls || instance.calls === 'always-true';
  instance.hasCalls = false;
  return json(200, { isLogout });
};

type CarryOut = (instance: Instance, nowMs: number, token: string) => Answer;

/** What each method of GREEN-API does to an instance, and answers. https://green-api.com/en/docs/api/account/ */
export const methods = {
  logout,
  getStateInstance,
  clearMessagesQueue: () => json(200, { isCleared: true }),
  updateApiToken,
  getSettings,
  getWaSettings,
  getAccountSettings,
  callsLogout,
} as const satisfies Record<string, CarryOut>;

export type Method = keyof typeof methods;

export const methodNames = Object.keys(methods) as readonly Method[];

/** Every other method answers a GET. */
export const verbOf = (name: string): 'GET' | 'POST' => (name === 'callsLogout' ? 'POST' : 'GET');

export const isMethod = (name: string): name is Method => Object.hasOwn(methods, name);

/** The answer to a request with a token that is not valid. */
export const unauthorizedAnswer = (method: Method): Answer =>
  method === 'updateApiToken' ? code401 : text(401, 'Unauthorized');
