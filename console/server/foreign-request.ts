import type { IncomingMessage } from 'node:http';

const loopbackNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** A domain that resolves to this machine (DNS rebinding) has another name. */
export const isLoopbackHost = (host: string): boolean => loopbackNames.has(host.replace(/:\d+$/, '').toLowerCase());

/** Somebody follows a link or types the address: the answer becomes a page of its own, which the other site cannot read. */
const isNavigation = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';

/**
 * Whether a request comes from a web page other than the console. Browsers send `Origin` with everything that changes
 * something, and `Sec-Fetch-Site` with everything (https://www.w3.org/TR/fetch-metadata/). Programs send neither.
 */
export const isForeignToConsole = (request: IncomingMessage): boolean => {
  const { host = '', origin, 'sec-fetch-site': site } = request.headers;
  if (!isLoopbackHost(host)) return true;
  if (origin !== undefined && origin !== `http://${host}`) return true;
  return site !== undefined && site !== 'same-origin' && !isNavigation(request);
};
