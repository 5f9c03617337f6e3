import { type Client, createClient } from '../../client/client.ts';
import { createSignedTransport, type Sign } from '../../client/signed-transport.ts';
import { UsageError } from '../errors.ts';

/** This machine. Emulators of AWS give each API a name below `localhost`. */
export const isLoopback = ({ hostname }: URL): boolean =>
  /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);

/**
 * Reads the address of an API: https, or http on this machine.
 *
 * @param source what gave it
 * @throws UsageError
 */
export const parseApiAddress = (text: string, source = '--url'): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (url === undefined || !isSafe || url.username || url.password || url.search || url.hash)
    throw new UsageError(
      `${source} must be an https address such as https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com, or on this machine http, such as http://127.0.0.1:3000.`,
    );
  return url;
};

/** A deployment's HTTP API. */
export type Api = Client & { readonly url: URL; readonly sign: Sign };

export const createApi = (url: URL, sign: Sign): Api => ({
  ...createClient(createSignedTransport(url, sign)),
  url,
  sign,
});

/** How many instances are called at a time. GREEN-API's limits are per instance. */
export const parallelCalls = 8;

/** @param token proves who is calling; the local service may want none */
export const signWithToken =
  (token: string | undefined): Sign =>
  async ({ headers }) =>
    token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
