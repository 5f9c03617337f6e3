import { parseJson } from '../platform/unknown-values.ts';
import { type ApiToken, isApiToken } from './credential.ts';
import { failureKindOf, failureKindOfText, type GreenApiFailureKind } from './vocabulary.ts';

/** What an error of GREEN-API means. `detail` explains it to people and quotes nothing. */
export type GreenApiFailure = {
  readonly [Kind in GreenApiFailureKind]: { readonly kind: Kind; readonly detail: string };
}[GreenApiFailureKind];

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

/** https://green-api.com/en/docs/api/account/GetSettings/ ; of the settings only what says whose account is linked. */
type SettingsAnswer =
  | { readonly kind: 'settings'; readonly typeInstance: string; readonly wid: string }
  | GreenApiFailure;

/** The number of the linked account, empty while none is linked. https://green-api.com/en/docs/api/account/GetWaSettings/ */
type AccountAnswer = { readonly kind: 'account'; readonly phone: string } | GreenApiFailure;

const failureOf = (status: number, text: string): GreenApiFailure => ({
  kind: failureKindOf(status, text),
  detail: `GREEN-API answered HTTP ${status}`,
});

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
  const code = Number(fieldOf(body, 'code'));
  // Some methods report an error with HTTP 200, and its status in the body.
  if (code >= 400)
    return { kind: failureKindOf(code, text), detail: `GREEN-API answered HTTP ${status}, code ${code}` };
  return (
    understand(body) ?? {
      kind: failureKindOfText(text) ?? 'unavailable',
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
    const isState = typeof stateInstance === 'string' && /^[A-Za-z][\w-]{0,39}$/.test(stateInstance);
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

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? `${value}` : '');

export const parseSettingsAnswer = (status: number, text: string): SettingsAnswer =>
  parseAnswer<SettingsAnswer>(status, text, (body) => {
    const typeInstance = textOf(fieldOf(body, 'typeInstance'));
    const wid = textOf(fieldOf(body, 'wid'));
    return typeInstance === '' && wid === '' ? undefined : { kind: 'settings', typeInstance, wid };
  });

export const parseAccountAnswer = (status: number, text: string): AccountAnswer =>
  parseAnswer<AccountAnswer>(status, text, (body) =>
    fieldOf(body, 'phone') === undefined ? undefined : { kind: 'account', phone: textOf(fieldOf(body, 'phone')) },
  );
