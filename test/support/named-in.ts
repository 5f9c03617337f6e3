const read = (node: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value === null || value === undefined ? undefined : Reflect.get(Object(value), key)),
    node,
  );

const userIdsIn = (event: unknown): readonly unknown[] => {
  const parameter = (name: string) => read(event, 'detail', 'requestParameters', name);
  const userIds = [parameter('userId'), parameter('id')].filter((id) => typeof id === 'string');
  const storeIds = [parameter('identityStoreId'), parameter('tenantId')].filter((id) => typeof id === 'string');
  return userIds.flatMap((userId) => [
    userId,
    userId.replace(/^[0-9a-f]{10}-/, ''),
    ...storeIds.map((storeId) => `${storeId.replace('d-', '')}-${userId}`),
  ]);
};

const inArnsIn = (event: unknown): readonly unknown[] => {
  const text = JSON.stringify(read(event, 'resources') ?? []);
  const users = [...text.matchAll(/\buser\/([0-9A-Fa-f-]+)/g)].flatMap(([, id = '']) => [id, id.slice(-36)]);
  const stores = [...text.matchAll(/\bidentitystore\/d-([0-9a-f]+)/g)].map(([, number = '']) => number);
  return [...users, ...users.flatMap((id) => stores.map((number) => `${number}-${id}`))];
};

const targetsIn = (event: unknown): readonly unknown[] => {
  const targets = read(event, 'detail', 'target');
  if (!Array.isArray(targets)) return [];
  return targets
    .filter((target) => read(target, 'type') === 'User')
    .flatMap((target) => [read(target, 'id'), read(target, 'alternateId')]);
};

/** The identities that an event names, wherever a dialect may look for one. Written without the dialects, to check them. */
export const namedIn = (event: unknown): readonly unknown[] => [
  read(event, 'detail', 'owner'),
  read(event, 'detail', 'email'),
  ...targetsIn(event),
  ...userIdsIn(event),
  ...inArnsIn(event),
];
