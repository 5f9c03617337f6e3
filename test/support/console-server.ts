import type { IncomingHttpHeaders } from 'node:http';
import { buildConsolePage } from '../../console/build-page.ts';
import { type ConsoleServerOptions, startConsole } from '../../console/server/start-console.ts';
import { type Handle, readBody, startLoopbackServer } from '../../loopback/loopback-server.ts';

/** What the deployment received. */
export type Received = {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string | undefined;
};

let page: ReturnType<typeof buildConsolePage> | undefined;

/** The page, built once for a test file. */
const builtPage = () => {
  page ??= buildConsolePage();
  return page;
};

/** Starts the console in front of a deployment that records what it receives and answers with `answer`. */
export const startConsoleServer = async (answer: Handle, options: Partial<ConsoleServerOptions> = {}) => {
  const received: Received[] = [];
  const deployment = await startLoopbackServer(async (request, response) => {
    const { method, url, headers } = request;
    received.push({ method, url, headers, body: await readBody(request, 1024 * 1024) });
    await answer(request, response);
  }, {});
  const server = await startConsole({
    url: new URL(deployment.url),
    sign: async ({ headers }) => ({ ...headers, authorization: 'signed' }),
    page: await builtPage(),
    ...options,
  });
  const [, startToken = ''] = server.address.split('#token=');
  return {
    ...server,
    startToken,
    received,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await deployment.close();
    },
  };
};
