import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { createCallWithCredential } from '../../../functions/logout/call-with-credential.ts';
import { deadlineIn } from '../../../functions/platform/deadline.ts';

test('sends no request when the credential is not read before the deadline', async () => {
  const callWithCredential = createCallWithCredential(() => new Promise(() => {}));
  const call = jest.fn();
  const startedAt = performance.now();

  const answer = await callWithCredential('1101000001' as InstanceId, call, deadlineIn(50));

  expect(answer).toEqual({ kind: 'timed-out', detail: 'Secrets Manager did not answer in time', requests: 0 });
  expect(call).not.toHaveBeenCalled();
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});
