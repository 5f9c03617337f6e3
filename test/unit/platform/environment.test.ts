import fc from 'fast-check';
import { readEnvironment } from '../../../functions/platform/settings.ts';

test('reads the variables that are set', () => {
  const variables = {
    SECRET_PREFIX: 'chat/prod/',
    ALLOWED_API_HOSTS: ' 127.0.0.1:3001, Proxy.example.com ,[::1]:3001,',
    CREDENTIAL_TTL_MS: '0',
    GREEN_API_TIMEOUT_MS: '2500',
    TOKEN_ROTATION: 'enabled',
  };

  expect(readEnvironment(variables)).toEqual({
    secretPrefix: 'chat/prod/',
    allowedApiHosts: ['127.0.0.1:3001', 'proxy.example.com', '[::1]:3001'],
    credentialTtlMs: 0,
    greenApiTimeoutMs: 2_500,
    stack: 'green-api-logout',
    tokenRotation: true,
  });
});

test('lists every problem in one error', () => {
  const variables = {
    SECRET_PREFIX: '!green-api',
    ALLOWED_API_HOSTS: 'https://proxy.example.com/',
    CREDENTIAL_TTL_MS: 'five minutes',
    GREEN_API_TIMEOUT_MS: '60000',
  };

  expect(() => readEnvironment(variables)).toThrow(
    /SECRET_PREFIX must end.*ALLOWED_API_HOSTS must be hosts.*CREDENTIAL_TTL_MS must be a whole number.*GREEN_API_TIMEOUT_MS must be at most 26000/,
  );
});

test.each(['host:99999', 'host:', 'https://host', 'host/path', 'a b'])('refuses the host %p', (host) => {
  expect(() => readEnvironment({ ALLOWED_API_HOSTS: host })).toThrow('ALLOWED_API_HOSTS must be hosts');
});

test.each(['', '/x', 'green-api', '!green-api/', 'a b/', `${'x'.repeat(220)}/`])('refuses the prefix %p', (prefix) => {
  expect(() => readEnvironment({ SECRET_PREFIX: prefix })).toThrow('SECRET_PREFIX');
});

test('no value makes it throw any other error', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      try {
        readEnvironment({ SECRET_PREFIX: value, ALLOWED_API_HOSTS: value, CREDENTIAL_TTL_MS: value });
      } catch (error) {
        expect(String(error)).toMatch(/The environment of this function is wrong: /);
      }
    }),
  );
});
