const read = (node: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value === null || value === undefined ? undefined : Reflect.get(Object(value), key)),
    node,
  );

const userIdsIn = (event: unknown): readonly unknown[] => {
  const userId = read(event, 'detail', 'requestParameters', 'userId');
  if (typeof userId !== 'string') return [];
  const storeId = read(event, 'detail', 'requestParameters', 'identityStoreId');
  const prefixed = typeof storeId === 'string' ? [`${storeId.replace('d-', '')}-${userId}`] : [];
  return [userId, userId.replace(/^[0-9a-f]{10}-/, ''), ...prefixed];
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
];
