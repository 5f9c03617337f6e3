import type { LocalSecret } from '../../../emulators/secrets-manager/store.ts';
import { markerToken } from '../logout-setup.ts';

type Malformed = {
  readonly secret: Partial<LocalSecret>;
  /** What the error says about it. */
  readonly problem: string;
};

const text = (secretString: string, problem: string): Malformed => ({ secret: { secretString }, problem });
const fields = (value: unknown, problem: string): Malformed => text(JSON.stringify(value), problem);
const at = (
  apiUrl: unknown,
  problem = 'apiUrl is not an address of GREEN-API: correct it, or add its host to allowedApiHosts',
): Malformed => fields({ apiUrl, apiTokenInstance: markerToken }, problem);
const token = (apiTokenInstance: unknown, problem = unusable): Malformed => fields({ apiTokenInstance }, problem);

const unusable = 'apiTokenInstance is empty, too long, or holds a character that cannot stand in a URL path';
const missing = 'apiTokenInstance is missing or not a string';

/** Secrets that cannot be used; each that can hold the token holds it. */
export const malformedSecrets = {
  'the token alone': text(markerToken, 'is not JSON'),
  'JSON cut off': text(`{"apiTokenInstance":"${markerToken}`, 'is not JSON'),
  'JSON after a byte order mark': text(`\uFEFF{"apiTokenInstance":"${markerToken}"}`, 'is not JSON'),
  'single quotes': text(`{'apiTokenInstance':'${markerToken}'}`, 'is not JSON'),
  null: fields(null, 'is not a JSON object'),
  'a JSON text': fields(markerToken, 'is not a JSON object'),
  'a JSON list': fields([{ apiTokenInstance: markerToken }], missing),
  'an empty object': fields({}, missing),
  'another name for the token': fields({ token: markerToken }, missing),
  'a token in another object': text(`{"__proto__":{"apiTokenInstance":"${markerToken}"}}`, missing),
  'a token that is a number': token(7_103, missing),
  'a token that is null': token(null, missing),
  'a token in a list': token([markerToken], missing),
  'an empty token': token(''),
  'a token with a slash': token(`${markerToken}/x`),
  'a token with an encoded slash': token(`${markerToken}%2fx`),
  'a token with a query': token(`${markerToken}?x`),
  'a token with a line break': token(`${markerToken}\n`),
  'a token with white space': token(` ${markerToken}`),
  'a token that goes up': token('..'),
  'a token in another script': token(`${markerToken}é`),
  'a token of 300 characters': token(markerToken.repeat(6)),
  'an address that is a number': at(7_103, 'apiUrl is not a string'),
  'an address that is empty': at(''),
  'the metadata service': at('http://169.254.169.254'),
  'the token in the address': at(`https://api.green-api.com/${markerToken}`),
  binary: { secret: { secretBinary: Buffer.from(`{"apiTokenInstance":"${markerToken}"}`) }, problem: 'it is binary' },
} as const satisfies Record<string, Malformed>;

export type MalformedName = keyof typeof malformedSecrets;

export const malformedNames = Object.keys(malformedSecrets) as readonly MalformedName[];
