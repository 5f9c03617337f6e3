import { createGreenApi, type Instance } from '../../functions/green-api/client.ts';
import type { Credential } from '../../functions/green-api/credential.ts';
import { createSendGet } from '../../functions/green-api/exchange.ts';
import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import { createReadLinkedNumber } from '../../functions/green-api/linked-number.ts';
import { createRateLimiter } from '../../functions/green-api/rate-limiter.ts';
import type { GreenApiFailure } from '../../functions/green-api/responses.ts';
import { failures, type GreenApiFailureKind } from '../../functions/green-api/vocabulary.ts';
import { shortenPhone } from '../../functions/instances/search.ts';
import { deadlineIn } from '../../functions/platform/deadline.ts';
import { CommandFailed } from '../errors.ts';

export type Verified = {
  readonly stateInstance: string;
  /** What the tag `phone` keeps of the linked number. */
  readonly phone?: string;
  /** Why there is none, although it was to be read. */
  readonly phoneProblem?: string;
};

const timeoutMs = 10_000;
const mostReadings = 3;

const todos: Readonly<Record<string, string>> = {
  'credential-rejected': 'GREEN-API rejects the token: copy apiTokenInstance from its console again',
  'wrong-instance-or-host':
    'this host does not know the instance: check idInstance and apiUrl in the console of GREEN-API',
  'instance-expired': 'the instance is not paid for: GREEN-API would refuse a logout too',
  'instance-deleted': 'the instance is deleted at GREEN-API',
};

const problemOf = ({ kind, detail }: GreenApiFailure): string => todos[kind] ?? `${kind}: ${detail}`;

export const retryPassing = async <Answer extends { readonly kind: string }>(
  mostCalls: number,
  call: () => Promise<Answer>,
): Promise<Answer> => {
  for (let calls = 1; ; calls += 1) {
    const answer = await call();
    const mayPass = Object.hasOwn(failures, answer.kind) && failures[answer.kind as GreenApiFailureKind] === 'passing';
    if (!mayPass || calls === mostCalls) return answer;
  }
};

/** Calls GREEN-API from this machine; the address has been checked against the allow-list before. */
export const createVerify = () => {
  const dependencies = { sendGet: createSendGet({ timeoutMs }), createRateLimiter };
  const greenApi = createGreenApi(dependencies);
  const readLinkedNumber = createReadLinkedNumber(dependencies);
  const deadline = () => deadlineIn(timeoutMs + 5_000);

  const readPhone = async (instance: Instance) => {
    const answer = await retryPassing(mostReadings, () => readLinkedNumber(instance, deadline()));
    if (answer.kind !== 'number') return { phoneProblem: `its number was not read: ${problemOf(answer)}` };
    const phone = shortenPhone(answer.digits);
    return phone === '' ? { phoneProblem: 'it has no number: no phone is linked' } : { phone };
  };

  /**
   * Reads the state of an instance with a credential that is not stored yet.
   *
   * @param readsPhone whether to read the linked number too
   * @throws CommandFailed when it is not valid
   */
  return async (idInstance: InstanceId, credential: Credential, readsPhone: boolean): Promise<Verified> => {
    const instance = { idInstance, credential };
    const answer = await retryPassing(mostReadings, () => greenApi.readState(instance, deadline()));
    if (answer.kind !== 'state') throw new CommandFailed(`${problemOf(answer)}. Nothing was written.`);
    return { stateInstance: answer.stateInstance ?? 'none', ...(readsPhone && (await readPhone(instance))) };
  };
};

export type Verify = ReturnType<typeof createVerify>;
