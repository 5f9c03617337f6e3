import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createParseApiUrl } from '../green-api/api-url.ts';
import { type Counted, createGreenApi, type GreenApi, type Instance } from '../green-api/client.ts';
import type { Credential } from '../green-api/credential.ts';
import { type Connections, createConnections, createSendGet } from '../green-api/exchange.ts';
import type { InstanceId } from '../green-api/instance-id.ts';
import { createRateLimiter, type RateLimiterOptions } from '../green-api/rate-limiter.ts';
import { stateClassOf } from '../green-api/vocabulary.ts';
import { type Deadline, timeUntil, within } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import type { ReadingEnvironment } from '../platform/settings.ts';
import { type CredentialReading, createReadCredential, type ReadCredential } from './credentials.ts';
import { createFetchSecret, type NotRead, pendingStages } from './secrets.ts';
import type { RotationDependencies } from './token-rotation/attempt.ts';

/** Why GREEN-API was not called at all. */
export type NotCalled = NotRead | { readonly kind: 'timed-out'; readonly detail: string };

/**
 * Calls one GREEN-API method with the credential of an instance. If GREEN-API refuses the credential, the secret is read once
 * past the cache, and a changed one is tried once: a rotated token or a corrected `apiUrl` works at the next call. If the secret
 * is unchanged and the token was rejected, the token of a rotation that is under way, or was interrupted, is tried once.
 * Never rejects. No answer before the deadline is the answer `timed-out`.
 */
export type CallWithCredential = <Answer extends { readonly kind: string }>(
  idInstance: InstanceId,
  call: (instance: Instance, deadline: Deadline) => Promise<Counted<Answer>>,
  deadline: Deadline,
) => Promise<Counted<Answer | NotCalled>>;

const noAnswer = { kind: 'timed-out', detail: 'Secrets Manager did not answer in time' } as const;

const isSame = (a: Credential, b: Credential): boolean =>
  a.apiTokenInstance === b.apiTokenInstance && a.apiUrl === b.apiUrl;

/** Refusals that another token or `apiUrl` may end. */
const refusalsOfCredential: ReadonlySet<string> = new Set([
  'credential-rejected',
  'wrong-instance-or-host',
  'request-refused',
]);

/** The secret may hold another credential all the same: nothing is known of the refused one. */
const mayBeReadLater = (reading: CredentialReading | NotCalled): reading is NotCalled =>
  reading.kind === 'unavailable' || reading.kind === 'timed-out' || 'duration' in reading;

const unknownIfChanged = <Failure extends NotCalled>(failure: Failure): Failure => ({
  ...failure,
  detail: `GREEN-API refused the credential, and its secret could not be read again: ${failure.detail}`,
});

export const createCallWithCredential = (readCredential: ReadCredential): CallWithCredential => {
  /** Stops waiting at the deadline. The read itself continues, because another request may wait for it. */
  const readInTime = async (idInstance: InstanceId, deadline: Deadline, options?: Parameters<ReadCredential>[1]) => {
    const reading = readCredential(idInstance, options);
    return reading instanceof Promise ? ((await within(timeUntil(deadline), reading)) ?? noAnswer) : reading;
  };

  /** The credential that may work in place of a refused one; the refused one itself if there is no other. */
  const readAnother = async (idInstance: InstanceId, refused: Credential, isRejected: boolean, deadline: Deadline) => {
    const current = await readInTime(idInstance, deadline, { fresh: true });
    const isUnchanged = current.kind === 'credential' && isSame(current.credential, refused);
    if (!isUnchanged || !isRejected) return current;
    let unread: CredentialReading | NotCalled | undefined;
    for (const stage of pendingStages) {
      const pending = await readInTime(idInstance, deadline, { pending: stage });
      if (pending.kind === 'credential' && !isSame(pending.credential, refused)) return pending;
      if (mayBeReadLater(pending)) unread = pending;
    }
    return unread ?? current;
  };

  return async (idInstance, call, deadline) => {
    const known = await readInTime(idInstance, deadline);
    if (known.kind !== 'credential') return { ...known, requests: 0 };

    const answer = await call({ idInstance, credential: known.credential }, deadline);
    if (!refusalsOfCredential.has(answer.kind)) return answer;

    const another = await readAnother(idInstance, known.credential, answer.kind === 'credential-rejected', deadline);
    if (mayBeReadLater(another)) return { ...unknownIfChanged(another), requests: answer.requests };
    if (another.kind !== 'credential' || isSame(another.credential, known.credential)) return answer;

    const second = await call({ idInstance, credential: another.credential }, deadline);
    return { ...second, requests: answer.requests + second.requests };
  };
};

/** GREEN-API may have a new word. It proves nothing, and somebody should hear of it. */
const logUnknownStates =
  (readState: GreenApi['readState'], log: Log): GreenApi['readState'] =>
  async (instance, ...rest) => {
    const answer = await readState(instance, ...rest);
    if (answer.kind === 'state' && answer.stateInstance !== null && stateClassOf(answer.stateInstance) === 'unknown')
      log('WARN', 'unknown state', { idInstance: instance.idInstance, stateInstance: answer.stateInstance });
    return answer;
  };

/** How long calls of GREEN-API and rotations wait. A test may shorten both. */
export type Waits = { readonly rateLimiter?: RateLimiterOptions; readonly clock?: RotationDependencies['clock'] };

export const composeGreenApi = (
  client: SecretsManagerClient,
  { secretPrefix, allowedApiHosts, credentialTtlMs, greenApiTimeoutMs }: ReadingEnvironment,
  log: Log,
  { rateLimiter, connections = createConnections() }: Pick<Waits, 'rateLimiter'> & { connections?: Connections } = {},
) => {
  const readCredential = createReadCredential({
    fetchSecret: createFetchSecret(client),
    parseApiUrl: createParseApiUrl(allowedApiHosts),
    secretPrefix,
    ttlMs: credentialTtlMs,
    now: Date.now,
    warn: (message, fields) => log('WARN', message, fields),
  });
  const sendGet = createSendGet({ timeoutMs: greenApiTimeoutMs, connections });
  const greenApi = createGreenApi({ sendGet, createRateLimiter: () => createRateLimiter(rateLimiter) });
  return {
    callWithCredential: createCallWithCredential(readCredential),
    greenApi: { ...greenApi, readState: logUnknownStates(greenApi.readState, log) },
    readCredential,
  };
};
