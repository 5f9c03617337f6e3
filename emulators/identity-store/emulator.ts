import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { type LoopbackServer, readBody, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { parseJson } from '../parse-json.ts';

/** A user of IAM Identity Center. */
export type DirectoryUser = {
  readonly identityStoreId: string;
  readonly userId: string;
  readonly userName: string;
  readonly email?: string;
  /** @default 'ENABLED' */
  readonly status?: 'ENABLED' | 'DISABLED';
};

export type IdentityStoreOptions = {
  /** @default 0, any free port */
  readonly port?: number;
  readonly users?: readonly DirectoryUser[];
};

/** What every request is answered while it is set. */
export type IdentityStoreFault = 'AccessDeniedException' | 'ThrottlingException' | 'InternalServerException';

export type IdentityStoreEmulator = AsyncDisposable & {
  /** For `AWS_ENDPOINT_URL_IDENTITYSTORE`. */
  readonly url: string;
  /** Adds the user, or replaces the one of that id. */
  readonly put: (user: DirectoryUser) => void;
  /** Removes the user, as `DeleteUser` does. */
  readonly remove: (userId: string) => void;
  readonly setFault: (fault: IdentityStoreFault | undefined) => void;
  /** The ids of the users that were read, in order. */
  readonly reads: readonly string[];
  readonly close: LoopbackServer['close'];
};

const statusOf = {
  AccessDeniedException: 403,
  ThrottlingException: 429,
  InternalServerException: 500,
  ResourceNotFoundException: 404,
  ValidationException: 400,
} as const;

type Answer = { readonly status: number; readonly body: object };

const refuse = (__type: keyof typeof statusOf, Message: string): Answer => ({
  status: statusOf[__type],
  body: { __type, Message },
});

const describeUser = v.object({ IdentityStoreId: v.string(), UserId: v.string() });

const describe = ({ identityStoreId, userId, userName, email, status = 'ENABLED' }: DirectoryUser) => ({
  IdentityStoreId: identityStoreId,
  UserId: userId,
  UserName: userName,
  UserStatus: status,
  ...(email !== undefined && { Emails: [{ Value: email, Type: 'work', Primary: true }] }),
});

/**
 * `DescribeUser` of the identity store of IAM Identity Center, in AWS JSON 1.1, for the unchanged SDK
 * (https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeUser.html).
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startIdentityStore = async (options: IdentityStoreOptions = {}): Promise<IdentityStoreEmulator> => {
  const { users = [], ...loopback } = options;
  const byId = new Map(users.map((user) => [user.userId, user]));
  const reads: string[] = [];
  let fault: IdentityStoreFault | undefined;

  const answer = (target: unknown, input: unknown): Answer => {
    const parsed = v.safeParse(describeUser, input);
    if (target !== 'AWSIdentityStore.DescribeUser' || !parsed.success)
      return refuse('ValidationException', 'DescribeUser with IdentityStoreId and UserId');
    reads.push(parsed.output.UserId);
    if (fault !== undefined) return refuse(fault, 'set in the emulator');
    const user = byId.get(parsed.output.UserId);
    return user?.identityStoreId === parsed.output.IdentityStoreId
      ? { status: 200, body: describe(user) }
      : refuse('ResourceNotFoundException', 'USER not found.');
  };

  const { url, close } = await startLoopbackServer(async (request, response) => {
    const input = parseJson((await readBody(request, 64 * 1024)) ?? '');
    const { status, body } = answer(request.headers['x-amz-target'], input);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() });
    response.end(JSON.stringify(body));
  }, loopback);
  return {
    url,
    put: (user) => void byId.set(user.userId, user),
    remove: (userId) => void byId.delete(userId),
    setFault: (next) => {
      fault = next;
    },
    reads,
    close,
    [Symbol.asyncDispose]: close,
  };
};
