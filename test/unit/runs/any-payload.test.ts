import * as fc from 'fast-check';
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
