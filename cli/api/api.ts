import { type Client, createClient } from '../../client/client.ts';
import { createSignedTransport, type Sign } from '../../client/signed-transport.ts';

export { parseApiAddress } from './api-address.ts';

/** A deployment's HTTP API. */
export type Api = Client & { readonly url: URL; readonly sign: Sign };

export const createApi = (url: URL, sign: Sign): Api => ({
  ...createClient(createSignedTransport(url, sign)),
  url,
  sign,
});

/** How many instances are called at a time. GREEN-API's limits are per instance. */
export const parallelCalls = 8;
