import { apiTimeoutMs, noAnswerAdvice, type Sign } from '../../client/api-call.ts';
import { errorNameOf, parseJson } from '../../functions/platform/unknown-values.ts';
import { CommandFailed } from '../errors.ts';
import { isLoopback } from './api-address.ts';

export { parseApiAddress } from './api-address.ts';

export type ApiRequest = {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export type ApiAnswer = {
  readonly status: number;
  readonly ok: boolean;
  /** What the API answered; a text if it was no JSON. */
  readonly body: unknown;
};

/** A deployment's HTTP API. */
export type Api = {
  readonly url: URL;
  readonly sign: Sign;
  /** @throws CommandFailed when nothing answers */
  readonly send: (method: 'GET' | 'POST' | 'DELETE', path: string, request?: ApiRequest) => Promise<ApiAnswer>;
};

/** With these the call has not been sent. */
const neverConnected: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND']);

const unreachable = (url: URL, error: unknown): CommandFailed => {
  if (error instanceof Error && error.name === 'TimeoutError')
    return new CommandFailed(`${url.origin} did not answer in time. ${noAnswerAdvice}`);
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const name = errorNameOf(cause);
  if (!neverConnected.has(name))
    return new CommandFailed(`The connection to ${url.origin} failed (${name}). ${noAnswerAdvice}`);
  const todo = isLoopback(url)
    ? 'Start the local service with npm start, or check --url.'
    : 'Check --url and the network.';
  return new CommandFailed(`Nothing answers at ${url.origin} (${name}). ${todo}`);
};

const urlOf = (base: URL, path: string, query: ApiRequest['query'] = {}): URL => {
  const url = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
};

export const createApi = (base: URL, sign: Sign): Api => ({
  url: base,
  sign,
  send: async (method, path, { query, headers = {}, body } = {}) => {
    const url = urlOf(base, path, query);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const unsigned = { method, url, headers: { ...headers, ...(text && { 'content-type': 'application/json' }) } };
    const signed = await sign({ ...unsigned, ...(text !== undefined && { body: text }) });
    try {
      const response = await fetch(url, {
        method,
        headers: signed,
        ...(text !== undefined && { body: text }),
        redirect: 'manual',
        signal: AbortSignal.timeout(apiTimeoutMs),
      });
      const answered = await response.text();
      const { status, ok } = response;
      return { status, ok, body: parseJson(answered) ?? answered };
    } catch (error) {
      throw unreachable(base, error);
    }
  },
});
