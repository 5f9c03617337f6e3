import { createParseApiUrl } from '../../../functions/green-api/api-url.ts';
import { type InstanceId, parseInstanceId } from '../../../functions/green-api/instance-id.ts';
import { createReadCredential } from '../../../functions/instances/credentials.ts';
import type { FetchedSecret } from '../../../functions/instances/secrets.ts';

const id = parseInstanceId('1101000001') as InstanceId;
const secret: FetchedSecret = { kind: 'secret', text: '{"apiTokenInstance":"d75b3a66"}' };

test.each<FetchedSecret>([
  { kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' },
  { kind: 'credential-unreadable', detail: 'secret green-api/1101000001: access denied' },
  { kind: 'unknown-instance', detail: 'there is no secret green-api/1101000001' },
  { kind: 'secret', text: '{}' },
])('a failure is not kept, because it may be corrected before the next call: %j', async (failure) => {
  const answers = [failure, secret];
  const readCredential = createReadCredential({
    fetchSecret: async () => answers.shift() ?? secret,
    parseApiUrl: createParseApiUrl([]),
    secretPrefix: 'green-api/',
    ttlMs: 300_000,
    now: () => 0,
    warn: () => {},
  });

  expect((await readCredential(id)).kind).not.toBe('credential');
  expect(await readCredential(id)).toMatchObject({ kind: 'credential' });
});

const start = (text: string, ttlMs = 300_000) => {
  const fetchSecret = jest.fn(async (): Promise<FetchedSecret> => ({ kind: 'secret', text }));
  const warn = jest.fn();
  const parseApiUrl = createParseApiUrl([]);
  const dependencies = { fetchSecret, parseApiUrl, secretPrefix: 'green-api/', ttlMs, now: () => 0, warn };
  return { fetchSecret, warn, readCredential: createReadCredential(dependencies) };
};

test.each([
  ['d75b3a66', 1],
  ['0'.repeat(50), 0],
])('the token %s is told of %i times, by the name of its secret', async (apiTokenInstance, times) => {
  const { readCredential, warn } = start(JSON.stringify({ apiTokenInstance }));

  await readCredential(id);

  expect(warn.mock.calls).toEqual(
    Array(times).fill(['apiTokenInstance is not 50 lower-case hex characters', { secretName: 'green-api/1101000001' }]),
  );
});

test.each([
  [300_000, 1],
  [0, 2],
])('concurrent calls share a read, which is kept for the configured time: %i ms', async (ttlMs, reads) => {
  const { readCredential, fetchSecret } = start('{"apiTokenInstance":"d75b3a66"}', ttlMs);

  await Promise.all([readCredential(id), readCredential(id), readCredential(id, { fresh: true })]);
  expect(fetchSecret).toHaveBeenCalledTimes(1);
  await readCredential(id);
  expect(fetchSecret).toHaveBeenCalledTimes(reads);
});
