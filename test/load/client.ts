import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type HttpResponse = {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly tookMs: number;
};

const parseBody = (body: string) => JSON.parse(body) as HttpResponse['body'];

/** Sends one request at a time, over one connection that stays open. Rejects when the response is missing or incomplete. */
export const createClient = (url: string, startToken?: string) => {
  const authorization = startToken === undefined ? {} : { authorization: `Bearer ${startToken}` };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send: async ({ method, path, headers = {}, body }: HttpRequest): Promise<HttpResponse> => {
      const start = performance.now();
      const sent = request(`${url}${path}`, { method, headers: { ...authorization, ...headers }, agent }).end(body);
      const [response]: IncomingMessage[] = await once(sent, 'response');
      if (!response) throw new Error('no response');
      const whole = await text(response);
      const tookMs = performance.now() - start;
      return { status: response.statusCode ?? 0, text: whole, body: parseBody(whole), tookMs };
    },
    close: () => agent.destroy(),
  };
};
