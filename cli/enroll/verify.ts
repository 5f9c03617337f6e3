import { createGreenApi } from '../../functions/green-api/client.ts';
import type { Credential } from '../../functions/green-api/credential.ts';
import { createSendGet } from '../../functions/green-api/exchange.ts';
import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import { createRateLimiter } from '../../functions/green-api/rate-limiter.ts';
import { failures } from '../../functions/green-api/vocabulary.ts';
import { deadlineIn } from '../../functions/platform/deadline.ts';

export type Verification =
  | { readonly kind: 'valid'; readonly stateInstance: string }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Reads the state of an instance with a credential that is not stored yet. */
export type Verify = (idInstance: InstanceId, credential: Credential) => Promise<Verification>;

const timeoutMs = 10_000;
const mostReadings = 3;

const todos: Readonly<Record<string, string>> = {
  'credential-rejected': 'GREEN-API rejects the token: copy apiTokenInstance from its console again',
  'wrong-instance-or-host':
    'this host does not know the instance: check idInstance and apiUrl in the console of GREEN-API',
  'instance-expired': 'the instance is not paid for: GREEN-API would refuse a logout too',
  'instance-deleted': 'the instance is deleted at GREEN-API',
};

/** Calls GREEN-API from this machine; the address has been checked against the allow-list before. */
export const createVerify = (): Verify => {
  const greenApi = createGreenApi({ sendGet: createSendGet({ timeoutMs }), createRateLimiter });
  return async (idInstance, credential) => {
    for (let readings = 1; ; readings += 1) {
      const answer = await greenApi.readState({ idInstance, credential }, deadlineIn(timeoutMs + 5_000));
      if (answer.kind === 'state') return { kind: 'valid', stateInstance: answer.stateInstance ?? 'none' };
      if (failures[answer.kind] === 'passing' && readings < mostReadings) continue;
      return { kind: 'invalid', problem: todos[answer.kind] ?? `${answer.kind}: ${answer.detail}` };
    }
  };
};
