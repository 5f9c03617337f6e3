import { DescribeUserCommand, type IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { errorNameOf } from '../platform/unknown-values.ts';
import type { DirectoryUser } from './dialect.ts';

/** The status of a user cannot be read: the user may have left, and nobody was logged out. */
export class UserNotRead extends Error {
  override readonly name = 'UserNotRead';
  /** The name of AWS's error, if there is one. */
  readonly reason: string | undefined;

  constructor(message: string, reason?: string) {
    super(message);
    this.reason = reason;
  }
}

const hints: Readonly<Record<string, string>> = {
  AccessDeniedException: ': allow identitystore:DescribeUser on the identity store and its users',
  // With a wrong store, Region or account every user is missing: it does not mean that the user was deleted.
  ResourceNotFoundException: ': there is no such user. Check identityStoreId, the Region and the account',
};

type IsDisabledDependencies = {
  readonly client: Pick<IdentitystoreClient, 'send'>;
  /** The only identity store that the role of the function may read. @default the one in the event */
  readonly identityStoreId: string | undefined;
  readonly sleep: (ms: number) => Promise<unknown>;
};

/** The directory may show a change later than the event, in milliseconds. */
const secondReadingAfterMs = 5_000;

/** The first look reads an enabled user once more after a moment: a leaver need not wait for the second look. */
export const createIsDisabled = ({ client, identityStoreId, sleep }: IsDisabledDependencies) => {
  const isDisabledNow = async (user: DirectoryUser): Promise<boolean> => {
    const store = identityStoreId ?? user.identityStoreId;
    if (store === undefined) throw new UserNotRead('the identity store is unknown: configure identityStoreId');
    try {
      const command = new DescribeUserCommand({ IdentityStoreId: store, UserId: user.userId });
      const { UserStatus } = await client.send(command);
      if (UserStatus === 'ENABLED' || UserStatus === 'DISABLED') return UserStatus === 'DISABLED';
    } catch (error) {
      const name = errorNameOf(error);
      throw new UserNotRead(`IAM Identity Center: ${name}${hints[name] ?? ''}`, name);
    }
    throw new UserNotRead('IAM Identity Center: the answer has no known UserStatus');
  };

  /** @param look `first` when the event arrives; `second` some minutes later, by a queue with a delay @throws UserNotRead */
  return async (user: DirectoryUser, look: 'first' | 'second'): Promise<boolean> => {
    if (await isDisabledNow(user)) return true;
    if (look === 'second') return false;
    await sleep(secondReadingAfterMs);
    return isDisabledNow(user);
  };
};

export type IsDisabled = ReturnType<typeof createIsDisabled>;
