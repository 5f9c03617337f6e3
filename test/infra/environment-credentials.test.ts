import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { defaultProvider } from '../../infra/bundling/environment-credentials.ts';

const provide = defaultProvider();

beforeEach(() => {
  for (const name of ['AWS_SESSION_TOKEN', 'AWS_CREDENTIAL_EXPIRATION']) delete process.env[name];
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'first' });
});

test('gives what Lambda puts into the environment', async () => {
  Object.assign(process.env, { AWS_SESSION_TOKEN: 'session', AWS_CREDENTIAL_EXPIRATION: '2026-11-22T14:00:00Z' });

  expect(await provide()).toEqual({
    accessKeyId: 'AKIAEXAMPLE',
    secretAccessKey: 'first',
    sessionToken: 'session',
    expiration: new Date('2026-11-22T14:00:00Z'),
  });
});

test('a client signs with the present credentials of the environment once the old ones are about to expire', async () => {
  process.env.AWS_CREDENTIAL_EXPIRATION = new Date(Date.now() + 60_000).toISOString();
  const { config } = new SecretsManagerClient({ region: 'us-east-1', credentials: defaultProvider() });
  await config.credentials();

  process.env.AWS_SECRET_ACCESS_KEY = 'second';
  await config.credentials();

  expect(await config.credentials()).toMatchObject({ secretAccessKey: 'second' });
});

test('names what is missing', async () => {
  delete process.env.AWS_SECRET_ACCESS_KEY;

  await expect(provide()).rejects.toThrow('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
});
