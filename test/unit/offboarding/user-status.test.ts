import {
  createIsDisabled,
  createReadUserStatus,
  UserNotRead,
  type UserStatus,
} from '../../../functions/offboarding/user-status.ts';
import { createIdentityStore } from '../../../functions/platform/aws-clients.ts';
import { startIdentityStore } from '../../support/identity-store.ts';

const user = { userId: '6d321996-eab8-4d2e-9f41-0db53b051a5b', identityStoreId: 'd-93670dc30f' };

describe('whether a user is disabled', () => {
  const readAt = async (look: 'first' | 'second', ...statuses: readonly UserStatus[]) => {
    const waits: number[] = [];
    const left = [...statuses];
    const isDisabled = createIsDisabled({
      readUserStatus: async () => left.shift() ?? 'ENABLED',
      sleep: async (ms) => waits.push(ms),
    });
    return { isDisabled: await isDisabled(user, look), waits, unread: left };
  };

  const read = (...statuses: readonly UserStatus[]) => readAt('first', ...statuses);

  test('a disabled user is read once', async () => {
    expect(await read('DISABLED')).toEqual({ isDisabled: true, waits: [], unread: [] });
  });

  test('an enabled user is read again after some seconds, because the directory may be outdated', async () => {
    expect(await read('ENABLED', 'DISABLED')).toEqual({ isDisabled: true, waits: [5_000], unread: [] });
  });

  test('a user who reads as enabled twice is not disabled', async () => {
    expect(await read('ENABLED', 'ENABLED', 'DISABLED')).toEqual({
      isDisabled: false,
      waits: [5_000],
      unread: ['DISABLED'],
    });
  });

  test.each([
    ['DISABLED', true],
    ['ENABLED', false],
  ] as const)('the second look reads once: %s', async (status, isDisabled) => {
    expect(await readAt('second', status, 'DISABLED')).toEqual({ isDisabled, waits: [], unread: ['DISABLED'] });
  });
});

describe('the status of a user', () => {
  test.each(['ENABLED', 'DISABLED'])('is read from the identity store: %s', async (UserStatus) => {
    await using store = await startIdentityStore(200, { ...user, UserStatus });

    const status = await createReadUserStatus({ client: createIdentityStore(), identityStoreId: undefined })(user);

    expect(status).toBe(UserStatus);
    expect(store.calls).toEqual([
      {
        target: 'AWSIdentityStore.DescribeUser',
        body: { IdentityStoreId: 'd-93670dc30f', UserId: user.userId },
      },
    ]);
  });

  test('is read from the configured identity store, not from the one in the event', async () => {
    await using store = await startIdentityStore(200, { UserStatus: 'DISABLED' });

    await createReadUserStatus({ client: createIdentityStore(), identityStoreId: 'd-0123456789' })(user);

    expect(store.calls).toMatchObject([{ body: { IdentityStoreId: 'd-0123456789' } }]);
  });

  test.each([
    [
      400,
      { __type: 'ResourceNotFoundException', message: user.userId },
      'IAM Identity Center: ResourceNotFoundException: there is no such user. Check identityStoreId, the Region and the account',
    ],
    [
      400,
      { __type: 'AccessDeniedException', message: user.userId },
      'IAM Identity Center: AccessDeniedException: allow identitystore:DescribeUser on the identity store and its users',
    ],
    [400, { __type: 'ValidationException', message: user.userId }, 'IAM Identity Center: ValidationException'],
    [200, { UserId: user.userId }, 'IAM Identity Center: the answer has no known UserStatus'],
    [200, { UserStatus: 'SUSPENDED' }, 'IAM Identity Center: the answer has no known UserStatus'],
  ])('that cannot be read is an error that does not name the user: %i %j', async (status, body, message) => {
    await using _store = await startIdentityStore(status, body);
    const readUserStatus = createReadUserStatus({ client: createIdentityStore(), identityStoreId: undefined });

    await expect(readUserStatus(user)).rejects.toThrow(new UserNotRead(message));
  });

  test('cannot be read without an identity store', async () => {
    const readUserStatus = createReadUserStatus({ client: createIdentityStore(), identityStoreId: undefined });

    await expect(readUserStatus({ userId: user.userId })).rejects.toThrow(
      new UserNotRead('the identity store is unknown: configure identityStoreId'),
    );
  });
});
