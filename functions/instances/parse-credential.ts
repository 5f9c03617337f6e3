import * as v from 'valibot';
import type { ApiUrl } from '../green-api/api-url.ts';
import type { ApiToken, Credential } from '../green-api/credential.ts';
import { tokenPattern } from '../green-api/vocabulary.ts';

type ParsedSecret =
  | { readonly kind: 'credential'; readonly credential: Credential; readonly tokenLooksUnusual: boolean }
  /** `problem` names the field and what is wrong with it, never its value. */
  | { readonly kind: 'malformed'; readonly problem: string };

const defaultApiUrl = 'https://api.green-api.com';

/** Does not repeat the value: it may be a token in the wrong field. */
const hostRefused =
  'apiUrl is not an address of GREEN-API: correct it, or add its host to allowedApiHosts in the configuration';

const secretSchema = v.pipe(
  v.string(),
  v.parseJson(undefined, 'is not JSON'),
  v.object(
    {
      apiUrl: v.optional(v.string('apiUrl is not a string'), defaultApiUrl),
      apiTokenInstance: v.pipe(
        v.string('apiTokenInstance is missing or not a string'),
        v.regex(
          tokenPattern,
          'apiTokenInstance is empty, too long, or holds a character that cannot stand in a URL path',
        ),
      ),
    },
    // Valibot reports a missing field here too.
    ({ expected }) => (expected === 'Object' ? 'is not a JSON object' : 'apiTokenInstance is missing or not a string'),
  ),
);

/**
 * Reads the text of a secret: `{ "apiUrl"?: string, "apiTokenInstance": string }`; other fields are left alone.
 *
 * @param parseApiUrl the allow-list of GREEN-API's addresses
 */
export const parseCredential = (text: string, parseApiUrl: (text: string) => ApiUrl | undefined): ParsedSecret => {
  const secret = v.safeParse(secretSchema, text);
  if (!secret.success) return { kind: 'malformed', problem: secret.issues[0].message };

  const apiUrl = parseApiUrl(secret.output.apiUrl);
  if (apiUrl === undefined) return { kind: 'malformed', problem: hostRefused };

  const apiTokenInstance = secret.output.apiTokenInstance as ApiToken;
  const tokenLooksUnusual = !/^[0-9a-f]{50}$/.test(apiTokenInstance);
  return { kind: 'credential', credential: { apiUrl, apiTokenInstance }, tokenLooksUnusual };
};
