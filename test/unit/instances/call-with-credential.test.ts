import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { createCallWithCredential } from '../../../functions/instances/call-with-credential.ts';
import type { ReadCredential } from '../../../functions/instances/credentials.ts';
import { deadlineIn } from '../../../functions/platform/deadline.ts';

test('sends no request when the credential is not read before the deadline', async () => {
  const callWithCredential = createCallWithCredential(() => new Promise(() => {}));
  const call = jest.fn();

  const answer = await callWithCredential('1101000001' as InstanceId, call, deadlineIn(50));

  expect(answer).toEqual({ kind: 'timed-out', detail: 'Secrets Manager did not answer in time', requests: 0 });
  expect(call).not.toHaveBeenCalled();
});

const unavailable = { kind: 'unavailable', detail: 'Secrets Manager: InvalidSignatureException' } as const;
const denied = {
  kind: 'credential-unreadable',
  detail: 'secret green-api/1101000001: access denied',
  duration: 'passing for ten minutes',
} as const;
const credential = { kind: 'credential', credential: { apiUrl: 'https://api.green-api.com', apiTokenInstance: 'old' } };

test.each([
  ['the secret', 'fresh', unavailable],
  ['the secret', 'fresh', denied],
  ['a token that is not current yet', 'pending', unavailable],
  ['a token that is not current yet', 'pending', denied],
] as const)('a rejected token is not final while %s cannot be read: %s, %j', async (_, option, failure) => {
  const readCredential = ((_id, options = {}) => (options[option] ? failure : credential)) as ReadCredential;
  const rejected = { kind: 'credential-rejected', detail: 'GREEN-API answered HTTP 401', requests: 1 } as const;

  const answer = await createCallWithCredential(readCredential)(
    '1101000001' as InstanceId,
    async () => rejected,
    deadlineIn(10_000),
  );

  expect(answer).toMatchObject({ kind: failure.kind, requests: 1 });
  expect(answer).toHaveProperty('detail', expect.stringContaining(failure.detail));
});
