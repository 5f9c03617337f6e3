import { secretsManagerFailure } from '../../../functions/instances/secrets.ts';

const called = (error: Error, more: object) => Object.assign(error, more);

test.each([
  [called(new Error('connect ECONNREFUSED 127.0.0.1:4566'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [called(new Error('Rate exceeded'), { name: 'ThrottlingException' }), 'ThrottlingException'],
  ['green-api/1101000001', 'unknown error'],
])('%s is reported by its name, without its message', (error, name) => {
  const failure = secretsManagerFailure(error, 'secretsmanager:GetSecretValue');

  expect(failure).toEqual({ kind: 'unavailable', detail: `Secrets Manager: ${name}` });
});
