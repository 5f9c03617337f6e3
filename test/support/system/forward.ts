import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';

/** Sends a request on to an emulator, and gives its whole answer. */
export const forward = async ({ method, url = '/', headers }: IncomingMessage, body: Buffer, target: string) => {
  const { host, origin } = new URL(target);
  const forwarded = send(new URL(url, origin), { method, headers: { ...headers, host } });
  forwarded.end(body);
  const [answer] = await once(forwarded, 'response');
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(await answer.toArray()) };
};
