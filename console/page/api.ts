import { createClient } from '../../client/client.ts';
import { session } from './sign-in/session.ts';
import { startTokenHeader } from './start-token.ts';

/** The calls of the desk are below the address of its page. */
const prefix = session === undefined ? '' : location.pathname;

const authorization = async () =>
  session === undefined ? startTokenHeader() : { authorization: `Bearer ${await session.token()}` };

export const api = createClient(
  async ({ path, headers, ...request }) =>
    new Request(`${prefix}${path}`, {
      ...request,
      headers: { ...headers, ...(await authorization()) },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    }),
  { renew: session?.renew },
);
