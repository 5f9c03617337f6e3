import { readBody, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { useEmulators } from './aws-environment.ts';

export type IdentityStoreCall = { readonly target: unknown; readonly body: unknown };

/** An identity store that gives one answer to every call of the AWS SDK. */
export const startIdentityStore = async (status: number, body: object) => {
  const calls: IdentityStoreCall[] = [];
  const server = await startLoopbackServer(async (request, response) => {
    const text = (await readBody(request, 10_000)) ?? '';
    calls.push({ target: request.headers['x-amz-target'], body: JSON.parse(text) });
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  }, {});
  useEmulators({ identityStore: server.url });
  return { calls, [Symbol.asyncDispose]: server.close };
};
