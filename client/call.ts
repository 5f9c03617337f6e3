import * as v from 'valibot';
import { badPort, fetchErrorName, type NotReached, problemSchema, type Result } from './result.ts';

/** How long a client waits for an answer, in milliseconds. API Gateway answers within 30 s, whatever happens behind it. */
export const apiTimeoutMs = 35_000;

type ApiRequest = {
  readonly method: string;
  /** Path and query, without the address or prefix under which a deployment serves the API. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/**
 * Makes a call the HTTP request that reaches one deployment: address, path prefix, and what proves who is calling. If it throws,
 * nothing is sent and the result is `not-reached`.
 */
export type Transport = (request: ApiRequest) => Promise<Request>;

type CallOptions = {
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** A parameter without a value is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
};

/** Calls any route and reads its answer by a schema. */
export type Call = <Schema extends v.GenericSchema>(
  schema: Schema,
  options: CallOptions,
) => Promise<Result<v.InferOutput<Schema>>>;

/** API Gateway's own answers, and those of the local service's own routes. */
const gatewaySchema = v.object({ message: v.string() });

const problemIn = (body: unknown) => {
  const problem = v.safeParse(problemSchema, body);
  if (problem.success) return problem.output;
  return v.is(gatewaySchema, body) ? { title: body.message } : {};
};

const parseBody = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** With these the request has not been sent. */
export const neverConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
  badPort,
]);

/** How far a call came that got no answer. */
export const whyUnanswered = (error: unknown) => {
  const name = fetchErrorName(error);
  if (neverConnected.has(name)) return 'not-connected';
  return name === 'TimeoutError' ? 'time-out' : 'connection-lost';
};

const notReached = (error: unknown, sent: Request | undefined, isWrite: boolean): NotReached => {
  if (sent === undefined) return { kind: 'not-reached', why: 'not-sent', error, mayTakeEffect: false };
  const why = whyUnanswered(error);
  return { kind: 'not-reached', why, error, url: sent.url, mayTakeEffect: isWrite && why !== 'not-connected' };
};

type Answer = { readonly status: number; readonly ok: boolean; readonly body: unknown };

const readAnswer = <Schema extends v.GenericSchema>(
  schema: Schema,
  { status, ok, body }: Answer,
  isWrite: boolean,
): Result<v.InferOutput<Schema>> => {
  if (!ok) return { ...problemIn(body), kind: 'problem', status, body, mayTakeEffect: isWrite && status >= 500 };
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return { kind: 'ok', value: parsed.output, body };
  return { kind: 'not-understood', why: 'form', status, mayTakeEffect: isWrite };
};

const queryOf = (query: CallOptions['query'] = {}): string => {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

/** After a 401: whether the caller has proved anew who it is. The call had no effect, and is made again. */
export type Renew = () => Promise<boolean>;

/** @param timeoutMs how long one call waits for its answer */
export const createCall =
  (transport: Transport, timeoutMs: number, renew: Renew = async () => false): Call =>
  async (schema, { method = 'GET', path, query, headers, body, signal }) => {
    const isWrite = method !== 'GET';
    let request: Request | undefined;
    const send = async (): Promise<Response> => {
      request = await transport({
        method,
        path: `${path}${queryOf(query)}`,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      const timeout = AbortSignal.timeout(timeoutMs);
      return fetch(request, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    };
    try {
      const first = await send();
      const response = first.status === 401 && (await renew()) ? await send() : first;
      const { status, ok } = response;
      return readAnswer(schema, { status, ok, body: parseBody(await response.text()) }, isWrite);
    } catch (error) {
      return notReached(error, request, isWrite);
    }
  };

/** Resolves after `ms` milliseconds, or as soon as `signal` aborts. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake);
    if (signal?.aborted) wake();
  });

type UnsignedRequest = Omit<ApiRequest, 'path'> & { readonly url: URL };

/** Returns the headers to send: those of the request and what proves who is calling. */
export type Sign = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;

/** Calls the API at `base`, which may have a path itself. A redirect is not followed: it is an answer, and a problem. */
export const createSignedTransport =
  (base: URL, sign: Sign): Transport =>
  async ({ path, ...request }) => {
    const url = new URL(`${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`);
    return new Request(url, { ...request, headers: await sign({ ...request, url }), redirect: 'manual' });
  };
