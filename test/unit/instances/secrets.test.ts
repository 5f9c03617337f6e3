import { createReadTags } from '../../../functions/instances/directory.ts';
import { createOpenSecret, secretProblems, secretsManagerFailure } from '../../../functions/instances/secrets.ts';
import { failureKinds } from '../../../functions/logout/outcome.ts';
import { sectionOf, tableRowsOf } from '../../support/markdown.ts';

const called = (error: Error, more: object) => Object.assign(error, more);

test.each([
  [called(new Error('connect ECONNREFUSED 127.0.0.1:4566'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [called(new Error('Rate exceeded'), { name: 'ThrottlingException' }), 'ThrottlingException'],
  ['green-api/1101000001', 'unknown error'],
])('%s is reported by its name, without its message', (error, name) => {
  const failure = secretsManagerFailure(error, 'secretsmanager:GetSecretValue');

  expect(failure).toEqual({ kind: 'unavailable', detail: `Secrets Manager: ${name}` });
});

const documented = tableRowsOf(sectionOf('docs/secrets-and-tags.md', 'When a secret cannot be read'))
  .slice(2)
  .flatMap(([answer = '', kind = '', duration = '']) =>
    [...answer.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, kind.replaceAll('`', ''), duration] as const),
  );

test.each(documented)('%s is %s, which is %s', async (name, kind, duration) => {
  const send = async () => Promise.reject(called(new Error('a text that may quote'), { name }));
  const readTags = createReadTags({ client: { send } as never, secretPrefix: 'green-api/' });

  const failure = await readTags('1101000001' as never);

  const durationOf = 'duration' in failure ? failure.duration : failureKinds[failure.kind as keyof typeof failureKinds];
  expect([failure.kind, durationOf]).toEqual([kind, duration]);
  expect(JSON.stringify(failure)).not.toContain('may quote');
});

test.each(documented)('a new version is not written because of %s: %s, which is %s', async (name, _kind, duration) => {
  const send = async () => Promise.reject(called(new Error('a text that may quote'), { name }));
  const secret = createOpenSecret({ send } as never)('green-api/1101000001', () => 10_000);

  const written = await secret.put({ versionId: '1'.repeat(32), text: '{}', stage: 'AWSPENDING' });

  expect(written).toEqual({ kind: 'failed', detail: `Secrets Manager: ${name}`, duration });
});

test('the page has each answer that is about the secret or a right', () => {
  expect(documented.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(secretProblems)));
});
