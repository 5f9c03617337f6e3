import { Readable } from 'node:stream';

type Destination = { readonly protocol: string; readonly hostname: string; readonly port?: number };

const parseDestination = (request: unknown) => request as Destination;

const emptyAnswer = () => ({ statusCode: 200, headers: {}, body: Readable.from([Buffer.from('{}')]) });

type Middleware = () => (sent: { readonly request: unknown }) => Promise<{
  readonly response: unknown;
  readonly output: { readonly $metadata: object };
}>;

/** What all commands of the SDK's have in common. */
type PrimableCommand = {
  readonly middlewareStack: {
    add(middleware: Middleware, place: { readonly step: 'deserialize'; readonly priority: 'low' }): void;
  };
};

/**
 * Takes a command through its whole client but for the network, and connects to where it would have gone: what is looked up,
 * compiled and agreed upon the first time then happens during init, where a function of any size has a whole core.
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
