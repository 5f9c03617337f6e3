import * as v from 'valibot';

/** Scheme, host and optional `/v3` of a GREEN-API server that calls may go to. Made only by `green-api/api-url.ts`. */
export type ApiUrl = string & { readonly __brand: 'ApiUrl' };

/** The secret half of a credential: it leaves this type only inside the URL of the call that needs it. */
export type ApiToken = string & { readonly __brand: 'ApiToken' };

/** What it takes to call GREEN-API for one instance, under GREEN-API's own field names. */
export type Credential = { readonly apiUrl: ApiUrl; readonly apiTokenInstance: ApiToken };

export type ParsedSecret =
  | { readonly kind: 'credential'; readonly credential: Credential; readonly tokenLooksUnusual: boolean }
  /** `problem` names the field and what is wrong with it, never its value. */
  | { readonly kind: 'malformed'; readonly problem: string };

const defaultApiUrl = 'https://api.green-api.com';

// No page promises the token's alphabet, so only what cannot stand in a path as it is is refused (RFC 3986, section 3.3).
const pathSegment = /^(?!\.+$)[\w.~!$&'()*+,;=:@-]{1,256}$/;

const secretSchema = v.pipe(
  v.string(),
  v.parseJson(undefined, 'is not JSON'),
  v.object(
    {
      apiUrl: v.optional(v.string('apiUrl is not a string'), defaultApiUrl),
      apiTokenInstance: v.pipe(
        v.string('apiTokenInstance is missing or not a string'),
        v.regex(
          pathSegment,
          'apiTokenInstance is empty, too long, or holds a character that cannot stand in a URL path',
        ),
      ),
    },
    // Also what valibot says of a field that is missing.
    ({ expected }) => (expected === 'Object' ? 'is not a JSON object' : 'apiTokenInstance is missing or not a string'),
  ),
);

/**
 * Reads the text of a secret: `{ "apiUrl"?: string, "apiTokenInstance": string }`; other fields are left alone.
 *
 * @param parseApiUrl the allow-list of GREEN-API's addresses
 */
export const parseCredential = (text: string, parseApiUrl: (text: string) => ApiUrl | undefined): ParsedSecret => {
  const secret = v.safeParse(secretSchema, text, { abortEarly: true });
  if (!secret.success) return { kind: 'malformed', problem: secret.issues[0].message };

  const apiUrl = parseApiUrl(secret.output.apiUrl);
  if (apiUrl === undefined)
    return { kind: 'malformed', problem: 'apiUrl is not an address of GREEN-API that is allowed here' };

  const apiTokenInstance = secret.output.apiTokenInstance as ApiToken;
  const tokenLooksUnusual = !/^[0-9a-f]{50}$/.test(apiTokenInstance);
  return { kind: 'credential', credential: { apiUrl, apiTokenInstance }, tokenLooksUnusual };
};
