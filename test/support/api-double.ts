import { text } from 'node:stream/consumers';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';

export type ReceivedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown;
};

export type Responder = (request: ReceivedRequest) => { readonly status?: number; readonly body: unknown };

/** A server that answers each request by `respond` as JSON, and keeps what it received. */
export const startJsonServer = async (respond: Responder) => {
  const received: ReceivedRequest[] = [];
  const server = await startLoopbackServer(async (incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const sent = await text(incoming);
    const request: ReceivedRequest = {
      method: incoming.method ?? '',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: incoming.headers,
      body: sent === '' ? undefined : JSON.parse(sent),
    };
    received.push(request);
    const { status = 200, body } = respond(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }, {});
  return { url: server.url, received, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
};
