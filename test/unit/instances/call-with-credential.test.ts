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

const id = '1101000001' as InstanceId;
const rejected = { kind: 'credential-rejected', detail: 'GREEN-API answered HTTP 401', requests: 1 } as const;

test.each([
  { kind: 'unknown-instance', detail: 'there is no secret green-api/1101000001' },
  { kind: 'credential-unreadable', detail: 'secret green-api/1101000001: is not JSON' },
  credential,
] as const)('a rejected token is final if the secret then reads as %j, and GREEN-API is called once', async (later) => {
  const readCredential = ((_id, { fresh, pending } = {}) =>
    pending ? { kind: 'unknown-instance', detail: '' } : fresh ? later : credential) as ReadCredential;
  const call = jest.fn(async () => rejected);

  expect(await createCallWithCredential(readCredential)(id, call, deadlineIn(10_000))).toEqual(rejected);
  expect(call).toHaveBeenCalledTimes(1);
});

test('a rejected token is not final if its secret is not read again before the deadline', async () => {
  const readCredential = ((_id, { fresh } = {}) => (fresh ? new Promise(() => {}) : credential)) as ReadCredential;

  const answer = await createCallWithCredential(readCredential)(id, async () => rejected, deadlineIn(50));

  expect(answer).toMatchObject({ kind: 'timed-out', requests: 1 });
});

test('a label of the secret that cannot be read counts, though another label is nowhere', async () => {
  const readings = [unavailable, { kind: 'unknown-instance', detail: '' }];
  const readCredential = ((_id, { pending } = {}) => (pending ? readings.shift() : credential)) as ReadCredential;

  const answer = await createCallWithCredential(readCredential)(id, async () => rejected, deadlineIn(10_000));

  expect(answer).toMatchObject({ kind: 'unavailable', requests: 1 });
});

test('only a rejected token is a reason to look for one that is not current yet', async () => {
  const readCredential = jest.fn(() => credential as ReturnType<ReadCredential>);
  const refused = { kind: 'wrong-instance-or-host', detail: 'GREEN-API answered HTTP 403', requests: 1 } as const;

  expect(await createCallWithCredential(readCredential)(id, async () => refused, deadlineIn(10_000))).toEqual(refused);
  expect(readCredential.mock.calls).toEqual([
    [id, undefined],
    [id, { fresh: true }],
  ]);
});

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
