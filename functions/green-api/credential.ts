import type { ApiUrl } from './api-url.ts';
import { tokenPattern } from './vocabulary.ts';

/** The secret part of a credential. It may appear only in the URL of the call that uses it. */
export type ApiToken = string & { readonly __brand: 'ApiToken' };

/** What a call to GREEN-API for one instance needs, under GREEN-API's own field names. */
export type Credential = { readonly apiUrl: ApiUrl; readonly apiTokenInstance: ApiToken };

/** Whether a value from outside can be used as a token. */
export const isApiToken = (value: unknown): value is ApiToken => typeof value === 'string' && tokenPattern.test(value);
