import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createParseApiUrl } from '../../../functions/green-api/api-url.ts';
import { createConnections } from '../../../functions/green-api/exchange.ts';
import { createReadCredential } from '../../../functions/instances/credentials.ts';
import {
  composeWarmUp,
  createWarmUp,
  readWarmingEnvironment,
  type WarmUpDependencies,
} from '../../../functions/logout/warm-up.ts';
import { composeLogout } from '../../../functions/logout.ts';
import { readEnvironment } from '../../../functions/platform/settings.ts';
import { idInstance, startLogoutSetup } from '../../support/logout-setup.ts';
import { createClient } from '../../support/secrets-manager-client.ts';

const { instances: one } = readWarmingEnvironment({ WARM_INSTANCES: '1101000001' });
const { instances: two } = readWarmingEnvironment({ WARM_INSTANCES: '1101000001,1101000002' });
const secret = '{"apiUrl":"https://7103.api.greenapi.com","apiTokenInstance":"0123456789"}';

/** The dependencies of a warm-up, and a record of the calls to them. */
const createDependencies = (changed: Partial<WarmUpDependencies> = {}) => {
  const did: string[] = [];
  let now = 0;
  const readCredential = createReadCredential({
    fetchSecret: async (name) => {
      did.push(`read ${name}`);
      return { kind: 'secret', text: secret };
    },
    parseApiUrl: createParseApiUrl(['127.0.0.1:8080']),
    secretPrefix: 'green-api/',
    ttlMs: 300_000,
    now: () => now,
    warn: () => {},
  });
  const warmUp = createWarmUp({
    instances: [],
    hosts: [],
    secretPrefix: 'green-api/',
    fetchSecrets: async (names) => {
      did.push(`read ${names.join(' and ')} at once`);
      return { kind: 'secrets', texts: new Map(names.map((name) => [name, secret])) };
    },
    readCredential,
    openEarly: async (host) => void did.push(`connect to ${host}`),
    primeSecretsManager: async () => void did.push('primeClient a read'),
    primeEventBridge: async () => {},
    warn: (message, { detail }) => void did.push(`warn: ${message}: ${detail}`),
    ...changed,
  });
  return {
    did,
    warmUp,
    readCredential,
    passTime: (ms: number) => {
      now += ms;
    },
  };
};

test('without a warm instance it primes the client and connects to the configured hosts', async () => {
  const { did, warmUp } = createDependencies({ hosts: ['api.green-api.com'] });

  await warmUp();

  expect(did).toEqual(['primeClient a read', 'connect to api.green-api.com']);
});

test.each([
  ['no instance', []],
  ['instances', two],
])('primes the client of outcome events with %s', async (_what, instances) => {
  const primeEventBridge = jest.fn(async () => {});
  const { warmUp } = createDependencies({ instances, primeEventBridge });

  await warmUp();

  expect(primeEventBridge).toHaveBeenCalledTimes(1);
});

test('reads one instance without the right to read in batches, and connects to its host', async () => {
  const { did, warmUp, readCredential } = createDependencies({ instances: one });

  await warmUp();
  await Promise.all(one.map((id) => readCredential(id)));

  expect(did).toEqual(['read green-api/1101000001', 'connect to 7103.api.greenapi.com']);
});

test('reads a small fleet with one request, and connects once to a host they share', async () => {
  const { did, warmUp, readCredential } = createDependencies({ instances: two });

  await warmUp();
  await Promise.all(two.map((id) => readCredential(id)));

  expect(did).toEqual([
    'read green-api/1101000001 and green-api/1101000002 at once',
    'connect to 7103.api.greenapi.com',
  ]);
});

test('a credential that was read in advance expires like any other', async () => {
  const { did, warmUp, readCredential, passTime } = createDependencies({ instances: two });
  await warmUp();

  passTime(300_000);
  await Promise.all(two.map((id) => readCredential(id)));

  expect(did.slice(2)).toEqual(['read green-api/1101000001', 'read green-api/1101000002']);
});

test('skips an instance without a secret', async () => {
  const { did, warmUp } = createDependencies({
    instances: two,
    fetchSecrets: async () => ({ kind: 'secrets', texts: new Map([['green-api/1101000002', secret]]) }),
  });

  await warmUp();

  expect(did).toEqual(['connect to 7103.api.greenapi.com']);
});

test('connects to a host that is configured and belongs to an instance once', async () => {
  const { did, warmUp } = createDependencies({ instances: one, hosts: ['7103.api.greenapi.com'] });

  await warmUp();

  expect(did.filter((step) => step.startsWith('connect'))).toEqual(['connect to 7103.api.greenapi.com']);
});

test.each([
  ['that cannot be read', '{}'],
  ['of a host without TLS', '{"apiUrl":"http://127.0.0.1:8080","apiTokenInstance":"0123456789"}'],
])('an instance with a secret %s keeps no connection from being opened, and gets none', async (_what, other) => {
  const texts = new Map([
    ['green-api/1101000001', other],
    ['green-api/1101000002', secret],
  ]);
  const { did, warmUp } = createDependencies({
    instances: two,
    fetchSecrets: async () => ({ kind: 'secrets', texts }),
  });

  await warmUp();

  expect(did).toEqual(['connect to 7103.api.greenapi.com']);
});

test('reports why nothing could be read during init, and init continues', async () => {
  const { did, warmUp } = createDependencies({
    instances: two,
    fetchSecrets: async () => ({ kind: 'unavailable', detail: 'Secrets Manager: AccessDeniedException' }),
  });

  await warmUp();

  expect(did).toEqual(['warn: credentials not read ahead: Secrets Manager: AccessDeniedException']);
});

test('init continues when something fails or never answers', async () => {
  const failing = createDependencies({ primeSecretsManager: () => Promise.reject(new Error('no region')) });
  const silent = createDependencies({ primeEventBridge: () => new Promise(() => {}), limitMs: 1 });

  await expect(failing.warmUp()).resolves.toBeUndefined();
  await expect(silent.warmUp()).resolves.toBeUndefined();
});

test.each([
  ['nothing without a cache, where it would be read again', '0', []],
  [
    'the credential of a warm instance',
    '300000',
    [{ operation: 'GetSecretValue', secretId: `green-api/${idInstance}` }],
  ],
])('reads ahead %s', async (_what, CREDENTIAL_TTL_MS, calls) => {
  await using setup = await startLogoutSetup();
  const variables = { ALLOWED_API_HOSTS: setup.greenApi.host, WARM_INSTANCES: idInstance, CREDENTIAL_TTL_MS };
  const { warmUp } = composeLogout(variables, () => {});

  await warmUp();

  expect(setup.secretsManager.calls).toMatchObject(calls);
});

describe('as it is composed', () => {
  const aws = (service: string) => `https://${service}.us-east-1.amazonaws.com`;
  const warmUpWith = async (variables: Readonly<Record<string, string>>, secretsManagerUrl: string) => {
    const hosts: string[] = [];
    const lines: unknown[] = [];
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new EventBridgeClient({ region: 'us-east-1', endpoint: aws('events'), credentials });
    using secretsManager = createClient(secretsManagerUrl);
    const environment = readEnvironment({});
    await composeWarmUp(
      {
        secretsManager,
        bus: { eventBus: 'outcomes', client },
        readCredential: async () => ({ kind: 'unavailable', detail: '' }),
        connections: { ...createConnections(), openEarly: async (host) => void hosts.push(host) },
      },
      environment,
      variables,
      (...line) => void lines.push(line),
    )();
    return { hosts: hosts.toSorted(), lines };
  };

  test('connects to the clients’ own services and to hosts that are allowed, and sends nothing', async () => {
    const { hosts, lines } = await warmUpWith(
      { WARM_HOSTS: 'api.green-api.com,api.example.com' },
      aws('secretsmanager'),
    );

    expect(hosts).toEqual([
      'api.green-api.com',
      'events.us-east-1.amazonaws.com:443',
      'secretsmanager.us-east-1.amazonaws.com:443',
    ]);
    expect(lines).toEqual([]);
  });

  test('logs why credentials were not read ahead', async () => {
    const { lines } = await warmUpWith({ WARM_INSTANCES: '1101000001,1101000002' }, 'http://127.0.0.1:9');

    expect(lines).toEqual([
      ['WARN', 'credentials not read ahead', { detail: expect.stringMatching(/^Secrets Manager: /) }],
    ]);
  });
});

test('two variables list what to prepare, and both are empty by default', () => {
  expect(readWarmingEnvironment({})).toEqual({ instances: [], hosts: [] });
  expect(
    readWarmingEnvironment({ WARM_INSTANCES: ' 1101000001, 1101000002,', WARM_HOSTS: 'api.green-api.com' }),
  ).toEqual({
    instances: ['1101000001', '1101000002'],
    hosts: ['api.green-api.com'],
  });
});

test.each([
  ['what is no id', { WARM_INSTANCES: '1101000001,../x' }, /WARM_INSTANCES.* must be the id of an instance/],
  ['21 ids', { WARM_INSTANCES: Array(21).fill('1101000001').join() }, /WARM_INSTANCES must be at most 20 ids/],
  ['a URL for a host', { WARM_HOSTS: 'https://api.green-api.com' }, /WARM_HOSTS must be hosts without scheme or path/],
])('refuses %s, and names the error', (_what, variables, message) => {
  expect(() => readWarmingEnvironment(variables)).toThrow(message);
});
