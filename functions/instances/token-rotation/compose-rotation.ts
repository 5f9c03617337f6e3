import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createParseApiUrl } from '../../green-api/api-url.ts';
import type { Counted, GreenApi } from '../../green-api/client.ts';
import type { StateAnswer, UpdateTokenAnswer } from '../../green-api/responses.ts';
import { deadlineIn } from '../../platform/deadline.ts';
import type { ReadingEnvironment } from '../../platform/settings.ts';
import { createOpenSecret } from '../secrets.ts';
import type { RotationDependencies, TokenTrial, TokenUpdate } from './attempt.ts';

/** After any answer but these two, GREEN-API may have replaced the token all the same. */
const updateOf = (answer: Counted<UpdateTokenAnswer>): TokenUpdate => {
  if (answer.kind === 'token-updated') return { kind: 'updated', apiTokenInstance: answer.apiTokenInstance };
  if (answer.requests === 0) return { kind: 'not-sent', detail: answer.detail };
  return { kind: answer.kind === 'credential-rejected' ? 'rejected' : 'unanswered', detail: answer.detail };
};

const trialOf = ({ kind }: StateAnswer): TokenTrial => {
  if (kind === 'state') return 'accepted';
  return kind === 'credential-rejected' ? 'rejected' : 'unknown';
};

const realClock: RotationDependencies['clock'] = { now: () => deadlineIn(0), date: Date.now, sleep };

/** GREEN-API and Secrets Manager as the rotation of a token uses them. */
export const composeRotation = (
  client: SecretsManagerClient,
  greenApi: Pick<GreenApi, 'updateApiToken' | 'readState'>,
  { secretPrefix, allowedApiHosts }: Pick<ReadingEnvironment, 'secretPrefix' | 'allowedApiHosts'>,
  clock = realClock,
): RotationDependencies => ({
  openSecret: createOpenSecret(client),
  secretPrefix,
  parseApiUrl: createParseApiUrl(allowedApiHosts),
  updateApiToken: async (instance, deadline) => updateOf(await greenApi.updateApiToken(instance, deadline)),
  tryToken: async (instance, deadline) => trialOf(await greenApi.readState(instance, deadline)),
  clock,
});
