import { createParseApiUrl } from '../../../functions/green-api/api-url.ts';
import { type InstanceId, parseInstanceId } from '../../../functions/green-api/instance-id.ts';
import { createReadCredential } from '../../../functions/instances/credentials.ts';
import type { FetchedSecret } from '../../../functions/instances/secrets.ts';

const id = parseInstanceId('1101000001') as InstanceId;
const secret: FetchedSecret = { kind: 'secret', text: '{"apiTokenInstance":"d75b3a66"}' };

test.each<FetchedSecret>([
  { kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' },
  { kind: 'unreadable', problem: 'access denied' },
  { kind: 'not-found' },
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
