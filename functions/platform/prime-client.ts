import { Readable } from 'node:stream';

type Destination = { readonly protocol: string; readonly hostname: string; readonly port?: number };

const parseDestination = (request: unknown) => request as Destination;

const emptyAnswer = () => ({ statusCode: 200, headers: {}, body: Readable.from([Buffer.from('{}')]) });

type Middleware = () => (sent: {
  readonly request: unknown;
}) => Promise<{ readonly response: unknown; readonly output: { readonly $metadata: object } }>;

/** The part that all commands of the SDK have in common. */
type PrimableCommand = {
  readonly middlewareStack: {
    add(middleware: Middleware, place: { readonly step: 'deserialize'; readonly priority: 'low' }): void;
  };
};

/**
 * Runs a command through its whole client without sending it, and connects to its destination. Look-ups, compilation and the TLS
 * handshake of a first call then happen during init, when a function of any size has a whole core.
 */
export const primeClient = async (
  command: PrimableCommand,
  send: () => Promise<unknown>,
  openEarly: (host: string) => Promise<void>,
): Promise<void> => {
  let connected: Promise<void> | undefined;
  command.middlewareStack.add(
    () => async (sent) => {
      const { protocol, hostname, port = 443 } = parseDestination(sent.request);
      if (protocol === 'https:') connected = openEarly(`${hostname}:${port}`);
      return { response: emptyAnswer(), output: { $metadata: {} } };
    },
    { step: 'deserialize', priority: 'low' },
  );
  await send();
  await connected;
};
