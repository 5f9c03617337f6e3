import { hostPattern } from './vocabulary.ts';

/** Scheme, host and optional `/v3` of an allowed GREEN-API server. Only this file makes one. */
export type ApiUrl = string & { readonly __brand: 'ApiUrl' };

/** Host, or host and port, of this machine itself. */
const isLoopbackHost = (host: string): boolean =>
  /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?$/.test(host);

/**
 * The allow-list of GREEN-API's addresses: https, a host of GREEN-API's or one of `extraHosts`, optionally `/v3`
 * (MAX instances; some consoles print it in `apiUrl`) and a trailing slash. No credentials, port, query or fragment.
 * The whole text is matched, not parsed as a URL, so that no two parsers can read it differently.
 *
 * @param extraHosts lower case, with the port if there is one; plain http is accepted for loopback ones only
 * @returns the address without a trailing slash, or `undefined` if it is not allowed
 */
export const createParseApiUrl =
  (extraHosts: readonly string[]) =>
  (text: string): ApiUrl | undefined => {
    const found = /^(https?):\/\/([^/?#@\\\s]+)(\/v3)?\/?$/.exec(text.toLowerCase());
    if (found === null) return undefined;

    const [, scheme = '', host = '', version = ''] = found;
    const isExtra = extraHosts.includes(host);
    const isAllowed = scheme === 'https' ? isExtra || hostPattern.test(host) : isExtra && isLoopbackHost(host);
    return isAllowed ? (`${scheme}://${host}${version}` as ApiUrl) : undefined;
  };
