import { createGreenApi } from '../../../functions/green-api/client.ts';
import type { Credential } from '../../../functions/green-api/credential.ts';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { createRateLimiter } from '../../../functions/green-api/rate-limiter.ts';
import { deadlineIn } from '../../../functions/platform/deadline.ts';

const instance = { idInstance: '1101000001' as InstanceId, credential: {} as Credential };

test('a call does not wait for the rate limit of another method', async () => {
  const text = JSON.stringify({ isLogout: true, stateInstance: 'notAuthorized', isCleared: true });
  const greenApi = createGreenApi({
    sendGet: async () => ({ kind: 'answered', status: 200, text }),
    createRateLimiter: () => createRateLimiter({ intervalMs: 60_000 }),
  });
  const soon = deadlineIn(50_000);

  const answers = [
    await greenApi.logout(instance, soon),
    await greenApi.readState(instance, soon),
    await greenApi.clearQueue(instance, soon),
    await greenApi.logout(instance, soon),
  ];

  expect(answers.map(({ kind, requests }) => [kind, requests])).toEqual([
    ['accepted', 1],
    ['state', 1],
    ['cleared', 1],
    ['rate-limited', 0],
  ]);
});
