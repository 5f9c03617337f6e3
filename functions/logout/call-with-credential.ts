import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createParseApiUrl } from '../green-api/api-url.ts';
import { type Counted, createGreenApi, type GreenApi, type Instance } from '../green-api/client.ts';
import { type Deadline, timeUntil } from '../green-api/deadline.ts';
import { type Connections, createConnections, createSendGet } from '../green-api/exchange.ts';
import { createRateLimiter } from '../green-api/rate-limiter.ts';
import {
  type Credential,
  type CredentialReading,
  createReadCredential,
  type ReadCredential,
} from '../instances/credentials.ts';
import type { InstanceId } from '../instances/instance-id.ts';
import { createFetchSecret } from '../instances/secrets.ts';
import type { Environment } from '../platform/environment.ts';
import type { Log } from '../platform/log.ts';

/** Why GREEN-API was not asked at all. */
export type NotCalled =
  | Exclude<CredentialReading, { readonly kind: 'credential' }>
  | { readonly kind: 'timed-out'; readonly detail: string };

/**
 * Calls one method of GREEN-API's with the credential of an instance. If GREEN-API rejects the token, the secret is read
 * once past the cache and a token that is new is tried once: a rotated token heals itself.
 * Never rejects; no answer until the deadline is the answer `timed-out`.
 */
export type CallWithCredential = <Answer extends { readonly kind: string }>(
  idInstance: InstanceId,
  call: (instance: Instance, deadline: Deadline) => Promise<Counted<Answer>>,
  deadline: Deadline,
) => Promise<Counted<Answer | NotCalled>>;

const noAnswer = { kind: 'timed-out', detail: 'Secrets Manager did not answer in time' } as const;

/** The read itself goes on: another request may be waiting for the same one. */
const inTime = (reading: Promise<CredentialReading>, deadline: Deadline) =>
  new Promise<CredentialReading | NotCalled>((resolve, reject) => {
    const timer = setTimeout(resolve, timeUntil(deadline), noAnswer);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });

const isSame = (a: Credential, b: Credential): boolean =>
  a.apiTokenInstance === b.apiTokenInstance && a.apiUrl === b.apiUrl;

const unknownIfRotated = <Failure extends NotCalled>(failure: Failure): Failure => ({
  ...failure,
  detail: `GREEN-API rejected the token, and its secret could not be read again: ${failure.detail}`,
});

export const createCallWithCredential = (readCredential: ReadCredential): CallWithCredential => {
  const readInTime = (idInstance: InstanceId, fresh: boolean, deadline: Deadline) => {
    const reading = readCredential(idInstance, { fresh });
    return reading instanceof Promise ? inTime(reading, deadline) : reading;
  };

  return async (idInstance, call, deadline) => {
    const known = await readInTime(idInstance, false, deadline);
    if (known.kind !== 'credential') return { ...known, requests: 0 };

    const answer = await call({ idInstance, credential: known.credential }, deadline);
    if (answer.kind !== 'credential-rejected') return answer;

    const reread = await readInTime(idInstance, true, deadline);
    // The token may have been rotated, and nobody can say so now.
    if (reread.kind === 'unavailable' || reread.kind === 'timed-out')
      return { ...unknownIfRotated(reread), requests: answer.requests };
    if (reread.kind !== 'credential' || isSame(reread.credential, known.credential)) return answer;

    const second = await call({ idInstance, credential: reread.credential }, deadline);
    return { ...second, requests: answer.requests + second.requests };
  };
};

export type ComposedGreenApi = {
  readonly callWithCredential: CallWithCredential;
  readonly greenApi: GreenApi;
  readonly readCredential: ReadCredential;
};

/** GREEN-API, and what asks it with the credential of an instance. */
export const composeGreenApi = (
  client: SecretsManagerClient,
  { secretPrefix, allowedApiHosts, credentialTtlMs, greenApiTimeoutMs }: Environment,
  log: Log,
  connections: Connections = createConnections(),
): ComposedGreenApi => {
  const readCredential = createReadCredential({
    fetchSecret: createFetchSecret(client),
    parseApiUrl: createParseApiUrl(allowedApiHosts),
    secretPrefix,
    ttlMs: credentialTtlMs,
    now: Date.now,
    warn: (message, fields) => log('WARN', message, fields),
  });
  return {
    callWithCredential: createCallWithCredential(readCredential),
    greenApi: createGreenApi({
      sendGet: createSendGet({ timeoutMs: greenApiTimeoutMs, connections }),
      createRateLimiter,
    }),
    readCredential,
  };
};
