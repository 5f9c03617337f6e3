import { createSetup, requestOf, type Script } from '../../support/run-setup.ts';

const unavailable = { kind: 'unavailable', detail: 'GREEN-API answered HTTP 500' } as const;
/** One in twenty has a transient fault. A logout takes effect at the second reading. */
const scriptAt = (at: number): Script => ({
  state: ['authorized', 'notAuthorized'],
  ...(at % 20 === 0 && { logout: [unavailable, { kind: 'accepted' }] }),
});
const many = (count: number, script: (at: number) => Script) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [String(1_101_000_001 + at), script(at)]));

test.each([
  [1_000, 30],
  [3_000, 80],
])('%i instances are confirmed in one execution of at most %i operations', async (count, most) => {
  const setup = createSetup(many(count, scriptAt));

  const run = await setup.run();

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: count, loggedOut: count } });
  expect(run.operations.length).toBeLessThanOrEqual(most);
  expect(setup.evidence).toHaveLength(count);
});

test('3,000 instances that cannot be logged out for a month stay within the operation limit of Lambda', async () => {
  const tags = { owner: `${'ж'.repeat(255)}@`, group: 'ж'.repeat(256) };
  const detail = `secret ${'p'.repeat(300)}`;
  const stuck: Script = { tags, logout: [{ kind: 'unavailable', detail }], state: ['authorized'] };
  const setup = createSetup(many(3_000, () => stuck));

  const run = await setup.run(requestOf({ expiresAt: '2026-12-30T17:00:00Z' }));

  expect(run).toMatchObject({ status: 'NotAllConfirmed', progress: { total: 3_000, failed: 3_000 } });
  expect(run.operations.length).toBeLessThan(1_000);
  expect(run.outcomes).toHaveLength(3_000);
});

test('an instance that cannot be logged out for a month takes no more than the operations for rounds', async () => {
  const setup = createSetup(many(1, () => ({ logout: [unavailable], state: ['authorized'] })));

  const run = await setup.run(requestOf({ expiresAt: '2026-12-30T17:00:00Z' }));

  expect(run.status).toBe('NotAllConfirmed');
  expect(run.operations.length).toBeGreaterThan(500);
  expect(run.operations.length).toBeLessThanOrEqual(620);
});
