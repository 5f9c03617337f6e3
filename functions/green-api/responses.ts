import { type ApiToken, isApiToken } from '../instances/credentials.ts';
import { parseJson } from '../platform/unknown-values.ts';

/**
 * GREEN-API's answers by meaning. Errors come as JSON, plain text or HTML, so the text is searched for phrases
 * (https://green-api.com/en/docs/api/common-errors/).
 */
export type GreenApiFailure =
  | { readonly kind: 'credential-rejected'; readonly detail: string }
  | { readonly kind: 'wrong-instance-or-host'; readonly detail: string }
  | { readonly kind: 'request-refused'; readonly detail: string }
  | { readonly kind: 'instance-expired'; readonly detail: string }
  | { readonly kind: 'instance-deleted'; readonly detail: string }
  | { readonly kind: 'instance-starting'; readonly detail: string }
  /** "instance is starting or not authorized": only a reading of the state can decide which. */
  | { readonly kind: 'not-authorized'; readonly detail: string }
  | { readonly kind: 'rate-limited'; readonly detail: string }
  | { readonly kind: 'quota-exceeded'; readonly detail: string }
  /** GREEN-API may answer later. Whether it carried out this call is unknown. */
  | { readonly kind: 'unavailable'; readonly detail: string }
  | { readonly kind: 'timed-out'; readonly detail: string };

/** https://green-api.com/en/docs/api/account/Logout/ */
export type LogoutAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly detail: string }
  | GreenApiFailure;

/** https://green-api.com/en/docs/api/account/GetStateInstance/ ; `null` for a new instance. */
export type StateAnswer = { readonly kind: 'state'; readonly stateInstance: string | null } | GreenApiFailure;

/** https://green-api.com/en/docs/api/queues/ClearMessagesQueue/ */
export type ClearQueueAnswer = { readonly kind: 'cleared' } | GreenApiFailure;

/** The only answer that holds a secret: the new token. https://green-api.com/en/docs/api/account/UpdateApiToken/ */
export type UpdateTokenAnswer =
  | { readonly kind: 'token-updated'; readonly apiTokenInstance: ApiToken }
  | GreenApiFailure;

const phrases: readonly (readonly [RegExp, GreenApiFailure['kind']])[] = [
  [/instance in starting process/i, 'instance-starting'],
  [/(?:starting or|account) not authorized/i, 'not-authorized'],
  [/account is expired/i, 'instance-expired'],
  [/instance is deleted/i, 'instance-deleted'],
];

const kindOfStatus = (status: number): GreenApiFailure['kind'] => {
  if (status === 401) return 'credential-rejected';
  if (status === 403 || status === 404) return 'wrong-instance-or-host';
  if (status === 429) return 'rate-limited';
  if (status === 466) return 'quota-exceeded';
  if (status === 408 || status === 499 || status >= 500) return 'unavailable';
  return 'request-refused';
};

const failureOf = (status: number, text: string): GreenApiFailure => {
  const phrase = status === 400 ? phrases.find(([pattern]) => pattern.test(text)) : undefined;
  return { kind: phrase?.[1] ?? kindOfStatus(status), detail: `GREEN-API answered HTTP ${status}` };
};

const fieldOf = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;

/** Reads an answer. `understand` gets the JSON body of a 2xx and returns its meaning, or `undefined` if it has none. */
const parseAnswer = <A>(
  status: number,
  text: string,
  understand: (body: unknown) => A | undefined,
): A | GreenApiFailure => {
  if (status < 200 || status >= 300) return failureOf(status, text);
  const body = parseJson(text);
  if (fieldOf(body, 'code') === 401)
    return { kind: 'credential-rejected', detail: 'GREEN-API answered HTTP 200, code 401' };
  return (
    understand(body) ?? {
      kind: 'unavailable',
      detail: `GREEN-API answered HTTP ${status} with a body that is not understood`,
    }
  );
};

export const parseLogoutAnswer = (status: number, text: string): LogoutAnswer =>
  parseAnswer<LogoutAnswer>(status, text, (body) => {
    const isLogout = fieldOf(body, 'isLogout');
    if (isLogout === true) return { kind: 'accepted' };
    return isLogout === false ? { kind: 'refused', detail: 'GREEN-API answered isLogout: false' } : undefined;
  });

export const parseStateAnswer = (status: number, text: string): StateAnswer =>
  parseAnswer<StateAnswer>(status, text, (body) => {
    const stateInstance = fieldOf(body, 'stateInstance');
    // Unknown states pass, but only short words: the value appears in answers and logs.
    const isState = typeof stateInstance === 'string' && /^[A-Za-z]{1,40}$/.test(stateInstance);
    return isState || stateInstance === null ? { kind: 'state', stateInstance } : undefined;
  });

export const parseClearQueueAnswer = (status: number, text: string): ClearQueueAnswer =>
  parseAnswer<ClearQueueAnswer>(status, text, (body) =>
    fieldOf(body, 'isCleared') === true ? { kind: 'cleared' } : undefined,
  );

/** A token that cannot stand in a URL is not understood: nothing could be called with it. */
export const parseUpdateTokenAnswer = (status: number, text: string): UpdateTokenAnswer =>
  parseAnswer<UpdateTokenAnswer>(status, text, (body) => {
    const apiTokenInstance = fieldOf(body, 'apiTokenInstance');
    return isApiToken(apiTokenInstance) ? { kind: 'token-updated', apiTokenInstance } : undefined;
  });
