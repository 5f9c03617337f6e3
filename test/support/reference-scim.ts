import SCIMMY from 'scimmy';

type Request = {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: string;
};

export type ScimReply = {
  readonly status: number;
  readonly scimType: string | undefined;
  readonly body: Readonly<Record<string, unknown>> | undefined;
};

const { User } = SCIMMY.Resources;

type Ingress = Parameters<typeof User.ingress>[0];
type Stored = Awaited<ReturnType<Ingress>>;

/** A SCIM server with a store: what the standard wants of a service that keeps its users. */
export const startReferenceScim = (userNames: readonly string[]) => {
  const withId = (user: object, id: string): Stored =>
    ({ ...user, id, meta: { created: new Date() } }) as unknown as Stored;
  const users = new Map(userNames.map((userName) => [userName, withId({ userName, active: true }, userName)]));
  const read = (id: string): Stored => {
    const user = users.get(id);
    if (user === undefined) throw new SCIMMY.Types.Error(404, '', 'there is no such user');
    return user;
  };
  const ingress: Ingress = ({ id: known }, sent) => {
    const id = known ?? sent.userName;
    if (known !== undefined) read(known);
    else if (users.has(id)) throw new SCIMMY.Types.Error(409, 'uniqueness', 'this user exists');
    users.set(id, withId(sent, id));
    return read(id);
  };
  SCIMMY.Resources.declare(User)
    .ingress(ingress)
    .egress(({ id, filter }) => {
      if (id !== undefined) return read(id);
      return filter === undefined ? [...users.values()] : filter.match([...users.values()]);
    })
    .degress(({ id = '' }) => {
      read(id);
      users.delete(id);
    });

  const perform = async ({ method, path, query, body }: Request): Promise<ScimReply> => {
    const id = /^\/Users\/(.+)$/.exec(path)?.[1];
    const parameters = Object.fromEntries(new URLSearchParams(query));
    const json = body === undefined ? undefined : JSON.parse(body);
    const reply = (status: number, value: unknown): ScimReply => ({
      status,
      scimType: undefined,
      body: value === undefined ? undefined : JSON.parse(JSON.stringify(value)),
    });
    switch (method) {
      case 'GET':
        return reply(200, await new User(id, parameters).read());
      case 'POST':
        return reply(201, await new User().write(json));
      case 'PUT':
        return reply(200, await new User(id ?? '').write(json));
      case 'PATCH':
        return reply(200, await new User(id ?? '').patch(json));
      default:
        await new User(id ?? '').dispose();
        return reply(204, undefined);
    }
  };

  return async (request: Request): Promise<ScimReply> => {
    try {
      return await perform(request);
    } catch (error) {
      const { status, scimType } = error as { status: number; scimType?: string };
      const response = new SCIMMY.Messages.ErrorResponse(error as Error);
      return { status, scimType: scimType || undefined, body: JSON.parse(JSON.stringify(response)) };
    }
  };
};
