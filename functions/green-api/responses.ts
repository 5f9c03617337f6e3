import { parseJson } from '../platform/unknown-values.ts';
import { isApiToken } from './credential.ts';
import { failureKindOf, failureKindOfText, type GreenApiFailureKind } from './vocabulary.ts';

/** What an error of GREEN-API means. `detail` explains it to people and quotes nothing. */
export type GreenApiFailure = {
  readonly [Kind in GreenApiFailureKind]: { readonly kind: Kind; readonly detail: string };
}[GreenApiFailureKind];

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

/** https://green-api.com/en/docs/api/account/Logout/ */
export type LogoutAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly detail: string }
  | GreenApiFailure;

export const parseLogoutAnswer = (status: number, text: string): LogoutAnswer =>
  parseAnswer<LogoutAnswer>(status, text, (body) => {
    const isLogout = fieldOf(body, 'isLogout');
    if (isLogout === true) return { kind: 'accepted' };
    return isLogout === false ? { kind: 'refused', detail: 'GREEN-API answered isLogout: false' } : undefined;
  });

/** https://green-api.com/en/docs/api/account/GetStateInstance/ ; `null` for a new instance. */
export const parseStateAnswer = (status: number, text: string) =>
  parseAnswer(status, text, (body) => {
    const stateInstance = fieldOf(body, 'stateInstance');
    // Unknown states pass, but only short words: the value appears in answers and logs.
    const isState = typeof stateInstance === 'string' && /^[A-Za-z][\w-]{0,39}$/.test(stateInstance);
    return isState || stateInstance === null ? ({ kind: 'state', stateInstance } as const) : undefined;
  });

export type StateAnswer = ReturnType<typeof parseStateAnswer>;

/** https://green-api.com/en/docs/api/queues/ClearMessagesQueue/ */
export const parseClearQueueAnswer = (status: number, text: string) =>
  parseAnswer(status, text, (body) =>
    fieldOf(body, 'isCleared') === true ? ({ kind: 'cleared' } as const) : undefined,
  );

export type ClearQueueAnswer = ReturnType<typeof parseClearQueueAnswer>;

/**
 * The only answer that holds a secret: the new token. One that cannot stand in a URL is not understood: nothing could be called with
 * it. https://green-api.com/en/docs/api/account/UpdateApiToken/
 */
export const parseUpdateTokenAnswer = (status: number, text: string) =>
  parseAnswer(status, text, (body) => {
    const apiTokenInstance = fieldOf(body, 'apiTokenInstance');
    return isApiToken(apiTokenInstance) ? ({ kind: 'token-updated', apiTokenInstance } as const) : undefined;
  });

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? `${value}` : '');

/** https://green-api.com/en/docs/api/account/GetSettings/ ; of the settings only what says whose account is linked. */
export const parseSettingsAnswer = (status: number, text: string) =>
  parseAnswer(status, text, (body) => {
    const typeInstance = textOf(fieldOf(body, 'typeInstance'));
    const wid = textOf(fieldOf(body, 'wid'));
    return typeInstance === '' && wid === '' ? undefined : ({ kind: 'settings', typeInstance, wid } as const);
  });

/** The number of the linked account, empty while none is linked. https://green-api.com/en/docs/api/account/GetWaSettings/ */
export const parseAccountAnswer = (status: number, text: string) =>
  parseAnswer(status, text, (body) => {
    const phone = fieldOf(body, 'phone');
    return phone === undefined ? undefined : ({ kind: 'account', phone: textOf(phone) } as const);
  });
