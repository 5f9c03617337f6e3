import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { createConnections } from '../../../functions/green-api/exchange.ts';
import { primeClient } from '../../../functions/logout/warm-up.ts';
import { createSecretsManager } from '../../../functions/platform/aws-clients.ts';
import { useEmulators } from '../../support/aws-environment.ts';
import { startHttpsHost } from '../../support/https-host.ts';
import { trustEmulators } from '../../support/trust-emulators.ts';

trustEmulators();

const secret = '{"SecretString":"as it is"}';

/** A client whose Secrets Manager is at `endpoint`, and the function that primes it. */
const createClient = (endpoint: string) => {
  useEmulators({ secretsManager: endpoint });
  const connections = createConnections();
  const client = createSecretsManager(connections.agent);
  const read = () => new GetSecretValueCommand({ SecretId: 'green-api/1101000001' });
  const command = read();
  const opened: string[] = [];
  const openEarly = (host: string) => {
    opened.push(host);
    return connections.openEarly(host);
  };
  return {
    opened,
    prime: () => primeClient(command, () => client.send(command), openEarly),
    send: () => client.send(read()),
    [Symbol.dispose]: () => connections.agent.destroy(),
  };
};

test('sends nothing, and the first read goes over the connection it opened', async () => {
  await using host = await startHttpsHost({ answer: () => secret });
  using client = createClient(`https://${host.host}`);

  await client.prime();
  const sent = host.seen.requests;
  const { SecretString } = await client.send();

  expect([sent, client.opened]).toEqual([0, [host.host]]);
  expect(SecretString).toBe('as it is');
  expect(host.seen).toEqual({ connections: 1, requests: 1 });
});

test('a connection that ended before the first read is replaced by a new one', async () => {
  await using host = await startHttpsHost({ answer: () => secret });
  using client = createClient(`https://${host.host}`);

  await client.prime();
  await host.endFirstConnection();
  const { SecretString } = await client.send();

  expect(SecretString).toBe('as it is');
  expect(host.seen).toEqual({ connections: 2, requests: 1 });
});

test('a connection that turns out dead only when it is used is replaced by the client', async () => {
  let requests = 0;
  await using host = await startHttpsHost({
    answer: () => {
      requests += 1;
      return requests === 1 ? undefined : secret;
    },
  });
  using client = createClient(`https://${host.host}`);

  await client.prime();
  const { SecretString } = await client.send();

  expect(SecretString).toBe('as it is');
  expect(host.seen).toEqual({ connections: 2, requests: 2 });
});

test('does not connect to a plain http address', async () => {
  await using host = await startHttpsHost({ answer: () => '{}' });
  using client = createClient(`http://${host.host}`);

  await client.prime();

  expect(client.opened).toEqual([]);
});

test('a host that cannot be reached is not a failure', async () => {
  using client = createClient('https://127.0.0.1:9');

  await expect(client.prime()).resolves.toBeUndefined();
});
