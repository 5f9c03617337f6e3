import { fetchErrorName } from '../../client/result.ts';
import type { Instance } from '../../functions/green-api/client.ts';
import type { ApiToken } from '../../functions/green-api/credential.ts';
import { parseJson } from '../../functions/platform/unknown-values.ts';

/** One call and its answer, without the token, numbers and names. */
export type RecordedExchange = {
  readonly method: string;
  /** Since the beginning of the probe, in milliseconds. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly error?: string;
};

export type Answer = {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Calls a method of GREEN-API once, without following a redirect and without any limit. `undefined`: no answer came. */
export type Call = (method: string, token?: ApiToken) => Promise<Answer | undefined>;

/** Their values say nothing of a person. Of every other header only the name is kept. */
const shownHeader = /^(?:retry-after|content-type|server|(?:x-)?rate-?limit\b.*)$/;

export const maskHeaders = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, shownHeader.test(name) ? maskText(value) : '…']),
  );

const longestBody = 200;

/** Whatever may be a token, a number or an address. */
const maskText = (text: string): string =>
  text
    .replace(/[\w.+-]*@[\w.-]*/g, '…')
    .replace(/[\w-]{20,}/g, '…')
    .replace(/\d(?:[\s().-]*\d){4,}/g, '…')
    .slice(0, longestBody);

/** Of other fields only the name is kept. */
const shownField = /^(?:isLogout|isCleared|stateInstance|code|status|message|description|detail|error|reason)$/;

const maskValue = (key: string, value: unknown): unknown => {
  if (!shownField.test(key)) return '…';
  if (typeof value === 'number') return maskText(String(value)) === String(value) ? value : '…';
  return typeof value === 'string' ? maskText(value) : typeof value === 'object' && value !== null ? '…' : value;
};

/** Tells an answer's form without what it says of somebody. */
export const maskBody = (text: string): string => {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return JSON.stringify(
      Object.fromEntries(Object.entries(value).map(([key, field]) => [maskText(key), maskValue(key, field)])),
    ).slice(0, longestBody);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const [, title] = /<title>([^<]*)/i.exec(text) ?? [];
  return title === undefined ? maskText(text) : `a page: ${maskText(title)}`;
};

/** GREEN-API's own clients wait up to 180 s. In milliseconds. */
const timeoutMs = 30_000;
/** An answer that is not awaited is a token that nobody knows. */
const longestUpdateMs = 60_000;

/**
 * @param record gets every exchange
 * @param now milliseconds since the beginning of the probe
 */
export const createCall =
  ({ idInstance, credential }: Instance, record: (exchange: RecordedExchange) => void, now: () => number): Call =>
  async (method, token = credential.apiTokenInstance) => {
    const atMs = now();
    try {
      const response = await fetch(`${credential.apiUrl}/waInstance${idInstance}/${method}/${token}`, {
        method: method === 'callsLogout' ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(method === 'updateApiToken' ? longestUpdateMs : timeoutMs),
      });
      const text = await response.text();
      const headers = Object.fromEntries(response.headers);
      const { status } = response;
      record({ method, atMs, tookMs: now() - atMs, status, headers: maskHeaders(headers), body: maskBody(text) });
      return { status, text, headers };
    } catch (error) {
      // The message would quote the URL.
      record({ method, atMs, tookMs: now() - atMs, error: fetchErrorName(error) });
      return undefined;
    }
  };
