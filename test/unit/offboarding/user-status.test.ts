import type { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import type { DirectoryUser } from '../../../functions/offboarding/dialect.ts';
import { createIsDisabled, UserNotRead } from '../../../functions/offboarding/user-status.ts';
import { createIdentityStore } from '../../../functions/platform/aws-clients.ts';
import { startIdentityStore } from '../../support/identity-store.ts';

const user = { userId: '6d321996-eab8-4d2e-9f41-0db53b051a5b', identityStoreId: 'd-93670dc30f' };

type Status = 'ENABLED' | 'DISABLED';

describe('whether a user is disabled', () => {
  const readAt = async (look: 'first' | 'second', ...statuses: readonly Status[]) => {
    const waits: number[] = [];
    const left = [...statuses];
    const isDisabled = createIsDisabled({
      client: { send: async () => ({ UserStatus: left.shift() ?? 'ENABLED' }) } as Pick<IdentitystoreClient, 'send'>,
      identityStoreId: undefined,
      sleep: async (ms) => waits.push(ms),
    });
    return { isDisabled: await isDisabled(user, look), waits, unread: left };
  };

  const read = (...statuses: readonly Status[]) => readAt('first', ...statuses);

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
  const lookAgain = (identityStoreId?: string) => {
    const isDisabled = createIsDisabled({ client: createIdentityStore(), identityStoreId, sleep: async () => {} });
    return (of: DirectoryUser) => isDisabled(of, 'second');
  };

  test.each(['ENABLED', 'DISABLED'])('is read from the identity store: %s', async (UserStatus) => {
    await using store = await startIdentityStore(200, { ...user, UserStatus });

    const isDisabled = await lookAgain()(user);

    expect(isDisabled).toBe(UserStatus === 'DISABLED');
    expect(store.calls).toEqual([
      {
        target: 'AWSIdentityStore.DescribeUser',
        body: { IdentityStoreId: 'd-93670dc30f', UserId: user.userId },
      },
    ]);
  });

  test('is read from the configured identity store, not from the one in the event', async () => {
    await using store = await startIdentityStore(200, { UserStatus: 'DISABLED' });

    await lookAgain('d-0123456789')(user);

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

    await expect(lookAgain()(user)).rejects.toThrow(new UserNotRead(message));
  });

  test('cannot be read without an identity store', async () => {
    await expect(lookAgain()({ userId: user.userId })).rejects.toThrow(
      new UserNotRead('the identity store is unknown: configure identityStoreId'),
    );
  });
});
