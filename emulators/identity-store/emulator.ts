import * as v from 'valibot';
import { AwsError, parseInput, startAwsJson } from '../aws-json.ts';

/** A user of IAM Identity Center. */
export type DirectoryUser = {
  readonly identityStoreId: string;
  readonly userId: string;
  readonly userName: string;
  readonly email?: string;
  /** @default 'ENABLED' */
  readonly status?: 'ENABLED' | 'DISABLED';
};

type IdentityStoreOptions = {
  /** @default 0, any free port */
  readonly port?: number;
  readonly users?: readonly DirectoryUser[];
};

const faults = { AccessDeniedException: 403, ThrottlingException: 429, InternalServerException: 500 } as const;

const describeUser = v.object({ IdentityStoreId: v.string(), UserId: v.string() });

const describe = ({ identityStoreId, userId, userName, email, status = 'ENABLED' }: DirectoryUser) => ({
  IdentityStoreId: identityStoreId,
  UserId: userId,
  UserName: userName,
  UserStatus: status,
  ...(email !== undefined && { Emails: [{ Value: email, Type: 'work', Primary: true }] }),
});

/**
 * `DescribeUser` of the identity store of IAM Identity Center, reached through `AWS_ENDPOINT_URL_IDENTITYSTORE`
 * (https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeUser.html).
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startIdentityStore = async ({ users = [], ...loopback }: IdentityStoreOptions = {}) => {
  const byId = new Map(users.map((user) => [user.userId, user]));
  const reads: string[] = [];
  let fault: keyof typeof faults | undefined;

  const answer = async (_operation: string, input: unknown) => {
    const { IdentityStoreId, UserId } = parseInput(describeUser, input);
    reads.push(UserId);
    if (fault !== undefined) throw new AwsError(fault, 'set in the emulator', faults[fault]);
    const user = byId.get(UserId);
    if (user?.identityStoreId !== IdentityStoreId)
      throw new AwsError('ResourceNotFoundException', 'USER not found.', 404);
    return describe(user);
  };

  const server = await startAwsJson({ target: 'AWSIdentityStore', operations: ['DescribeUser'], answer }, loopback);
  return {
    ...server,
    /** Adds the user, or replaces the one of that id. */
    put: (user: DirectoryUser): void => void byId.set(user.userId, user),
    /** Removes the user, as `DeleteUser` does. */
    remove: (userId: string): void => void byId.delete(userId),
    /** What every request is answered while it is set. */
    setFault: (next: typeof fault): void => {
      fault = next;
    },
    /** The ids of the users that were read, in order. */
    reads: reads as readonly string[],
  };
};
