import dns from 'node:dns';

const { lookup } = dns;

/**
 * Names below `localhost` are this machine, which not every resolver knows: https://www.rfc-editor.org/rfc/rfc6761#section-6.3.
 * Emulators of AWS give their APIs such names.
 */
dns.lookup = Object.assign(
  (hostname: string, ...rest: unknown[]) =>
    Reflect.apply(lookup, dns, [hostname.endsWith('.localhost') ? 'localhost' : hostname, ...rest]),
  lookup,
) as typeof lookup;
