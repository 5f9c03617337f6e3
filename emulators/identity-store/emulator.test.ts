import { call } from '../../test/support/green-api-call.ts';
import { startIdentityStore } from './emulator.ts';

const user = { identityStoreId: 'd-1234567890', userId: '7d9a1c3e-user', userName: 'john.doe' };

const read = async (url: string, input: object, target = 'AWSIdentityStore.DescribeUser') => {
  const { status, body } = await call(url, { method: 'POST', headers: { 'x-amz-target': target }, body: input });
  return { status, ...JSON.parse(body) };
};

const input = { IdentityStoreId: user.identityStoreId, UserId: user.userId };

test('describes a user, and shows a changed status at once', async () => {
  await using store = await startIdentityStore({ users: [{ ...user, email: 'john.doe@example.com' }] });

  const enabled = await read(store.url, input);
  store.put({ ...user, status: 'DISABLED' });
  const disabled = await read(store.url, input);

  expect(enabled).toMatchObject({
    ...input,
    UserName: 'john.doe',
    UserStatus: 'ENABLED',
    Emails: [{ Value: 'john.doe@example.com' }],
  });
  expect(disabled).toMatchObject({ UserStatus: 'DISABLED' });
  expect(store.reads).toEqual([user.userId, user.userId]);
});

test.each([
  ['another identity store', { ...input, IdentityStoreId: 'd-0987654321' }, 404, 'ResourceNotFoundException'],
  ['another user', { ...input, UserId: 'somebody' }, 404, 'ResourceNotFoundException'],
  ['a request without a user', { IdentityStoreId: user.identityStoreId }, 400, 'ValidationException'],
])('answers %s as AWS does', async (_what, request, status, type) => {
  await using store = await startIdentityStore({ users: [user] });

  expect(await read(store.url, request)).toMatchObject({ status, __type: type });
});

test('does not find a removed user', async () => {
  await using store = await startIdentityStore({ users: [user] });

  store.remove(user.userId);

  expect(await read(store.url, input)).toMatchObject({ __type: 'ResourceNotFoundException' });
});

test.each([
  ['AccessDeniedException', 403],
  ['ThrottlingException', 429],
  ['InternalServerException', 500],
] as const)('answers %s until it is cleared', async (fault, status) => {
  await using store = await startIdentityStore({ users: [user] });

  store.setFault(fault);
  const refused = await read(store.url, input);
  store.setFault(undefined);

  expect(refused).toMatchObject({ status, __type: fault });
  expect(await read(store.url, input)).toMatchObject({ status: 200 });
});

test('refuses any other operation', async () => {
  await using store = await startIdentityStore({ users: [user] });

  expect(await read(store.url, input, 'AWSIdentityStore.ListUsers')).toMatchObject({
    __type: 'UnknownOperationException',
  });
});
