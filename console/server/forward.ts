import type { IncomingMessage } from 'node:http';
import { apiTimeoutMs, createSignedTransport, type Sign, whyUnanswered } from '../../client/call.ts';
import { badPort, fetchErrorName, retryAdvice } from '../../client/result.ts';
import { type Handle, readBody } from '../../loopback/loopback-server.ts';
import { relay, sendJson, sendProblem } from './respond.ts';

const longestBodyBytes = 1024 * 1024;

const apiPath = /^\/(?:instances|forced-logouts|watches)(?:\/|$)/;

/** The path as a server reads it: `/instances/../events` is `/events`. `undefined`: it is not one of the API. */
const apiPathOf = (requested: string): string | undefined => {
  const address = `http://127.0.0.1${requested}`;
  if (!requested.startsWith('/') || !URL.canParse(address)) return undefined;
  const { pathname, search } = new URL(address);
  return apiPath.test(pathname) ? `${pathname}${search}` : undefined;
};

/** What the API reads; above all not the start token. */
const requestHeaders = ['content-type', 'prefer', 'idempotency-key', 'accept'] as const;

const notSigned = (error: unknown) => ({
  status: 502,
  code: 'not-signed',
  title: 'The call could not be signed',
  detail: `AWS credentials: ${fetchErrorName(error)}. Nothing was sent. Sign in again, for example with aws sso login, and repeat the call.`,
});

const unreachable = ({ method, url }: Request, error: unknown) => {
  const { host, port } = new URL(url);
  const name = fetchErrorName(error);
  const mayTakeEffect = method !== 'GET' && whyUnanswered(error) !== 'not-connected';
  const detail =
    name === badPort
      ? `Nothing was sent: port ${port} belongs to another protocol. Check the address.`
      : `${host}: ${name}. ${retryAdvice({ mayTakeEffect })} Check the network and the address.`;
  return { status: 502, code: 'deployment-unreachable', title: 'The deployment did not answer', detail };
};

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(requestHeaders.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));

/** Forwards calls of the API to a deployment, signed. */
export const createForwarder = (base: URL, sign: Sign): Handle => {
  const transport = createSignedTransport(base, sign);
  return async (request, response) => {
    const { method = 'GET' } = request;
    const path = apiPathOf(request.url ?? '');
    if (path === undefined) return sendJson(response, 404, { message: 'Not Found' });
    const body = await readBody(request, longestBodyBytes);
    if (body === undefined) return sendJson(response, 413, { message: 'Request Entity Too Large' });

    const unsigned = { method, path, headers: headersOf(request), ...(body && { body }) };
    const signed = await transport(unsigned).catch((error: unknown) => sendProblem(response, notSigned(error)));
    if (!signed) return;
    try {
      await relay(await fetch(signed, { signal: AbortSignal.timeout(apiTimeoutMs) }), response);
    } catch (error) {
      sendProblem(response, unreachable(signed, error));
    }
  };
};
