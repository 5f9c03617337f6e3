import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { certificate } from './certificate.ts';

/**
 * An HTTPS server that counts its connections, with a certificate that has to be trusted first.
 *
 * @param options.answer the JSON of the next answer; `undefined`: it hangs up
 * @param options.unasked what it says over its first connection before anybody asks
 */
export const startHttpsHost = async ({
  answer,
  unexpectedCall,
}: {
  readonly answer: () => string | undefined;
  readonly unexpectedCall?: string;
}) => {
  const seen = { connections: 0, requests: 0 };
  const names: unknown[] = [];
  const server = createServer(certificate, (request, response) => {
    seen.requests += 1;
    const json = answer();
    if (json === undefined) request.socket.destroy();
    else response.end(json);
  });
  server.on('secureConnection', (socket) => {
    seen.connections += 1;
    names.push(socket.servername);
    if (unexpectedCall !== undefined && seen.connections === 1) socket.write(unexpectedCall);
  });
  const firstConnection = once(server, 'secureConnection');
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    /** That each connection asked for; `false` for an address. */
    names,
    openConnections: () => promisify(server.getConnections.bind(server))(),
    /** With TLS 1.3 the client is done before the server is. */
    endFirstConnection: async () => {
      const [socket] = await firstConnection;
      await once(socket.end(), 'close');
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
