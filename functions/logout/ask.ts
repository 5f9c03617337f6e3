import type { Counted, Instance } from '../green-api/client.ts';
import type { Credential } from '../instances/credential.ts';
import type { InstanceId } from '../instances/instance-id.ts';
import type { CredentialReading, ReadCredential } from '../instances/read-credential.ts';

/** Why GREEN-API was not asked at all. */
export type NotAsked =
  | Exclude<CredentialReading, { readonly kind: 'credential' }>
  | { readonly kind: 'timed-out'; readonly reason: string };

/**
 * Calls one method of GREEN-API's with the credential of an instance. If GREEN-API rejects the token, the secret is read
 * once past the cache and a token that is new is tried once: a rotated token heals itself.
 * Never rejects; an aborted `signal` is the answer `timed-out`.
 */
export type Ask = <Answer extends { readonly kind: string }>(
  idInstance: InstanceId,
  call: (instance: Instance, signal: AbortSignal) => Promise<Counted<Answer>>,
  signal: AbortSignal,
) => Promise<Counted<Answer | NotAsked>>;

const abortOf = (signal: AbortSignal): Disposable & { readonly promise: Promise<NotAsked> } => {
  const { promise, resolve } = Promise.withResolvers<NotAsked>();
  const abort = () => resolve({ kind: 'timed-out', reason: 'Secrets Manager did not answer in time' });
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  return { promise, [Symbol.dispose]: () => signal.removeEventListener('abort', abort) };
};

const isSame = (a: Credential, b: Credential): boolean =>
  a.apiTokenInstance === b.apiTokenInstance && a.apiUrl === b.apiUrl;

const unknownIfRotated = <Failure extends NotAsked>(failure: Failure): Failure => ({
  ...failure,
  reason: `GREEN-API rejected the token, and its secret could not be read again: ${failure.reason}`,
});

export const createAsk = (readCredential: ReadCredential): Ask => {
  // The read itself goes on: another request may be waiting for the same one.
  const readInTime = async (idInstance: InstanceId, fresh: boolean, signal: AbortSignal) => {
    const reading = readCredential(idInstance, { fresh });
    if (!(reading instanceof Promise)) return reading;
    using abort = abortOf(signal);
    return await Promise.race([reading, abort.promise]);
  };

  return async (idInstance, call, signal) => {
    const known = await readInTime(idInstance, false, signal);
    if (known.kind !== 'credential') return { ...known, requests: 0 };

    const answer = await call({ idInstance, credential: known.credential }, signal);
    if (answer.kind !== 'credential-rejected') return answer;

    const reread = await readInTime(idInstance, true, signal);
    // The token may have been rotated, and nobody can say so now.
    if (reread.kind === 'unavailable' || reread.kind === 'timed-out')
      return { ...unknownIfRotated(reread), requests: answer.requests };
    if (reread.kind !== 'credential' || isSame(reread.credential, known.credential)) return answer;

    const second = await call({ idInstance, credential: reread.credential }, signal);
    return { ...second, requests: answer.requests + second.requests };
  };
};
