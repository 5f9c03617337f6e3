import * as fc from 'fast-check';
import { overCeiling } from '../../../functions/runs/request.ts';
import { createSetup, requestOf } from '../../support/run-setup.ts';

const secret = 'f00dfacef00dfacef00dfacef00dfacef00dfacef00dface01';

test('a payload that is not a valid request fails with a known error, without any call', async () => {
  const almost = fc
    .record({ field: fc.constantFrom(...Object.keys(requestOf()), 'at', 'except', 'unknown'), value: fc.anything() })
    .map(({ field, value }) => ({ ...requestOf({ expiresAt: '2026-11-30T16:00:00Z' }), [field]: value }));

  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.anything(), almost), async (payload) => {
      const setup = createSetup({ '1101000001': {} });

      const run = await setup.run(payload);

      expect(['InvalidRun', 'RunExpired', 'SUCCEEDED']).toContain(run.status);
      if (run.status !== 'SUCCEEDED') expect(setup.calls).toEqual([]);
    }),
  );
});

test.each(['target', 'reason', 'except', 'requestedBy', secret.slice(0, 8)])(
  'no message quotes the content of %s',
  async (field) => {
    const setup = createSetup({});

    const { status, message } = await setup.run({ ...requestOf(), [field]: { [field]: `${secret}\n` } });

    expect(status).toBe('InvalidRun');
    expect(message).not.toContain(secret);
  },
);

test.each<[string, object]>([
  ['at', { at: 'x2026-11-30T17:00:00Z' }],
  ['at', { at: '2026-11-30T17:00:00Zx' }],
  ['at', { at: '2026-11-30T25:00:00Z' }],
  ['at', { at: '2026-02-30T17:00:00Z' }],
  ['reason', { reason: 'x'.repeat(257) }],
  ['target', { target: null }],
  ['target', { target: 'sales' }],
  ['target', { target: { group: 'sales', all: true } }],
  ['account', { account: '1' }],
  ['account', { account: '1234567890123' }],
  ['account', { account: 'x123456789012' }],
  ['account', { account: 'abcdefabcdef' }],
])('a payload whose %s is wrong is no run: %j', async (field, changed) => {
  const setup = createSetup({ '1101000001': {} });

  const run = await setup.run({ ...requestOf(), ...changed });

  expect(run).toMatchObject({ status: 'InvalidRun', message: `The payload is not a run: see ${field}` });
  expect(setup.calls).toEqual([]);
});

test('a payload may use the whole length of a text, and name an account', async () => {
  const setup = createSetup({ '1101000001': {} });

  const run = await setup.run({ ...requestOf(), reason: '😀'.repeat(256), account: '123456789012' });

  expect(run.status).toBe('SUCCEEDED');
});

test('a ceiling says that it can be raised only if it can', () => {
  expect([overCeiling(50), overCeiling(3_000)]).toEqual([
    'must be at most 50, the ceiling of this deployment: start a run for each group, or raise runs.maxTargetsCeiling and deploy',
    'must be at most 3000, the ceiling of this deployment: start a run for each group',
  ]);
});
