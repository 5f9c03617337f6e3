import { GetSecretValueCommand, ListSecretsCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { call } from '../../test/support/green-api-call.ts';
import { createClient } from '../../test/support/secrets-manager-client.ts';
import { startSecretsManager } from './emulator.ts';
import type { FaultName } from './faults.ts';

const anna = { name: 'green-api/1101000001', secretString: 'a' };
const read = new GetSecretValueCommand({ SecretId: anna.name });

test.each<[FaultName, string]>([
  ['access-denied', 'AccessDeniedException'],
  ['throttled', 'ThrottlingException'],
  ['decryption-failure', 'DecryptionFailure'],
  ['internal-error', 'InternalServiceError'],
  ['marked-for-deletion', 'InvalidRequestException'],
  ['reset', 'Error'],
  ['carried-out-but-internal-error', 'InternalServiceError'],
  ['carried-out-but-reset', 'Error'],
])('emulates %s until it is cleared', async (fault, name) => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  emulator.setFault('GetSecretValue', fault);
  await expect(client.send(read)).rejects.toMatchObject({ name });
  emulator.setFault('*', undefined);

  expect(await client.send(read)).toMatchObject({ SecretString: 'a' });
});

test.each<[FaultName, string]>([
  ['internal-error', 'a'],
  ['carried-out-but-internal-error', 'b'],
  ['carried-out-but-reset', 'b'],
])('a write that meets %s leaves the value %s', async (fault, value) => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);
  emulator.setFault('PutSecretValue', fault, { times: 1 });

  const put = client.send(new PutSecretValueCommand({ SecretId: anna.name, SecretString: 'b' }));

  await expect(put).rejects.toThrow();
  expect(await client.send(read)).toMatchObject({ SecretString: value });
});

test('hang: the client gives up', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);
  emulator.setFault('*', 'hang');

  await expect(client.send(read, { abortSignal: AbortSignal.timeout(50) })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('slow: the answer is late and correct', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);
  emulator.setFault('*', 'slow', { delayMs: 20 });

  expect(await client.send(read)).toMatchObject({ SecretString: 'a' });
});

test('throttles a few times, and the SDK succeeds with a retry', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url, { maxAttempts: 3 });
  emulator.setFault('GetSecretValue', 'throttled', { times: 2 });

  expect(await client.send(read)).toMatchObject({ $metadata: { attempts: 3 } });
  expect(emulator.calls).toHaveLength(3);
});

test('limits a fault to one operation and one secret', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna, { name: 'other', secretString: 'b' }] });
  using client = createClient(emulator.url);
  emulator.setFault('GetSecretValue', 'access-denied', { secretId: anna.name });

  expect(await client.send(new GetSecretValueCommand({ SecretId: 'other' }))).toMatchObject({ SecretString: 'b' });
  expect((await client.send(new ListSecretsCommand({}))).SecretList).toHaveLength(2);
  await expect(client.send(read)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  emulator.setFault('GetSecretValue', undefined, { secretId: anna.name });
  expect(await client.send(read)).toMatchObject({ SecretString: 'a' });
});

test('answers concurrent calls, and records each of them', async () => {
  const secrets = Array.from({ length: 3000 }, (_, at) => ({ name: `green-api/${at}`, secretString: `${at}` }));
  await using emulator = await startSecretsManager({ secrets });
  using client = createClient(emulator.url);
  const ids = Array.from({ length: 100 }, (_, at) => String(at * 30));

  const values = await Promise.all(
    ids.map((id) => client.send(new GetSecretValueCommand({ SecretId: `green-api/${id}` }))),
  );

  expect(values.map(({ SecretString }) => SecretString)).toEqual(ids);
  expect(emulator.calls).toHaveLength(100);
  expect(emulator.calls).toContainEqual({
    at: expect.any(Number),
    operation: 'GetSecretValue',
    secretId: 'green-api/30',
  });
  emulator.clearCalls();
  expect(emulator.calls).toEqual([]);
});

test('accepts new values, and removes secrets, while it runs', async () => {
  await using emulator = await startSecretsManager({ secrets: [{ ...anna, tags: { owner: 'anna' } }] });
  using client = createClient(emulator.url);

  emulator.put({ name: anna.name, secretString: 'rotated' });
  expect(await client.send(read)).toMatchObject({ SecretString: 'rotated' });
  expect((await client.send(new ListSecretsCommand({}))).SecretList).toMatchObject([{ Tags: [{ Value: 'anna' }] }]);
  emulator.remove(anna.name);

  await expect(client.send(read)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(() => emulator.tag(anna.name, {})).toThrow('the emulator has no secret green-api/1101000001');
});

test('refuses a value that is missing', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  await expect(client.send(new PutSecretValueCommand({ SecretId: anna.name }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
});

const target = (operation: string) => ({ 'x-amz-target': `secretsmanager.${operation}` });

test.each([
  ['no target', {}, '{}', 400, 'UnknownOperationException'],
  ['an operation it does not know', target('GetRandomPassword'), '{}', 400, 'UnknownOperationException'],
  ['a name every object has', target('constructor'), '{}', 400, 'UnknownOperationException'],
  ['a body that is not JSON', target('GetSecretValue'), '{', 400, 'SerializationException'],
  ['a body that is null', target('GetSecretValue'), 'null', 400, 'ValidationException'],
  ['a list', target('ListSecrets'), '[]', 200, 'SecretList'],
  ['an id that is no text', target('GetSecretValue'), '{"SecretId":{}}', 400, 'ValidationException'],
  ['a body above 1 MB', target('GetSecretValue'), 'x'.repeat(1_100_000), 413, 'RequestEntityTooLargeException'],
  ['a foreign Host', { host: 'rebound.example.com', ...target('ListSecrets') }, '{}', 403, 'this machine'],
  ['any Origin', { origin: 'http://localhost', ...target('ListSecrets') }, '{}', 403, 'this machine'],
])('answers %s, and still works afterwards', async (_what, headers: Record<string, string>, body, status, phrase) => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  const reply = await call(emulator.url, { method: 'POST', headers, body });

  expect(reply).toMatchObject({ status, body: expect.stringContaining(phrase) });
  expect(await client.send(read)).toMatchObject({ SecretString: 'a' });
});

test('closes while the SDK keeps its connection open', async () => {
  const emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);
  await client.send(read);

  await emulator.close();

  await expect(client.send(read)).rejects.toThrow();
});
