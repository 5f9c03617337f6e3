import { createClient } from '../../client/client.ts';
import { startTokenHeader } from './start-token.ts';

/** The API behind the page's own origin. */
export const api = createClient(
  async ({ path, headers, ...request }) =>
    new Request(path, {
      ...request,
      headers: { ...headers, ...startTokenHeader() },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    }),
);
