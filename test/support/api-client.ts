import type { Instance } from '../../client/answers.ts';
import { createSignedTransport } from '../../client/call.ts';
import { type Client, createClient } from '../../client/client.ts';
import type { Result } from '../../client/result.ts';
import { type Responder, startJsonServer } from './api-double.ts';

/** What the API answers, as short as it may be. */
export const at = '2026-11-24T12:00:00.000Z';
export const accepted = { id: 'api-1', status: 'RUNNING' };
const progress = { total: 1, loggedOut: 0, failed: 0, skipped: 0, pending: 1, ready: 0 };
export const run = { ...accepted, reason: 'drill', requestedBy: 'john.doe', startedAt: at, progress, outcomes: [] };
const watched = { total: 1, linkedAgain: 0, released: 0, unread: 0 };
export const watch = {
  id: 'watch-1',
  status: 'RUNNING',
  run: 'api-1',
  startedAt: at,
  until: at,
  progress: watched,
  outcomes: [],
};
export const listed = { ...accepted, source: 'api', startedAt: at };
export const instance: Instance = { idInstance: '1101000001', protected: false };
export const request = { target: { all: true as const }, reason: 'drill' };

type ClientTimes = Parameters<typeof createClient>[1];

/** A client of the API at this address, which is served under a path. */
export const clientOf = (url: string, times?: ClientTimes): Client =>
  createClient(
    createSignedTransport(new URL('/desk/', url), async ({ headers }) => ({ ...headers, authorization: 'signed' })),
    times,
  );

/** What a call gives when the API answers so. */
export const answered = async <Value>(respond: Responder, call: (client: Client) => Promise<Result<Value>>) => {
  await using api = await startJsonServer(respond);
  const result = await call(clientOf(api.url, { rateLimitPauseMs: 1 }));
  return { result, received: api.received };
};
