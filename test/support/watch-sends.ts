import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

const parseRequest = (message: unknown) => (message as { readonly request: ClientRequest }).request;

/** Without its last segment: the token changes when it is rotated, the instance and the method do not. */
const withoutToken = (path: string) => path.slice(0, path.lastIndexOf('/'));

const gapsOf = (times: readonly number[]) => times.slice(1).map((time, at) => time - (times[at] ?? 0));

/**
 * Notes when this process sends requests. An emulator in the same process cannot tell: while the process is blocked it
 * sees a request later than it was sent, and the next one in time.
 */
export const watchSends = () => {
  const sends = new Map<string, number[]>();
  const note = (message: unknown) => {
    const called = withoutToken(parseRequest(message).path);
    sends.set(called, [...(sends.get(called) ?? []), performance.now()]);
  };
  // https://nodejs.org/docs/latest-v24.x/api/diagnostics_channel.html#http
  subscribe('http.client.request.start', note);

  return {
    /** The times between requests of one instance and method, in milliseconds. */
    gaps: () => [...sends].filter(([called]) => called.startsWith('/waInstance')).flatMap(([, times]) => gapsOf(times)),
    [Symbol.dispose]: () => unsubscribe('http.client.request.start', note),
  };
};
