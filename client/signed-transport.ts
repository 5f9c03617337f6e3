import type { ApiRequest, Transport } from './call.ts';

type UnsignedRequest = Omit<ApiRequest, 'method' | 'path'> & { readonly method: string; readonly url: URL };

/** Returns the headers to send: those of the request and what proves who is calling. */
export type Sign = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;

/** The address of a path of the API that is served at `base`, which may have a path itself. */
export const addressUnder = (base: URL, path: string): URL =>
  new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);

/** Calls the API at `base`. A redirect is not followed: it is an answer, and a problem. */
export const createSignedTransport =
  (base: URL, sign: Sign): Transport =>
  async ({ path, ...request }) => {
    const url = addressUnder(base, path);
    return new Request(url, { ...request, headers: await sign({ ...request, url }), redirect: 'manual' });
  };
