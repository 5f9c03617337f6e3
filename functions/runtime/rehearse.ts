import { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * Reads the root certificates, and takes a request through the whole client but for the network: what both look up and compile
 * the first time, they then do during init, where a function of any size has a whole core.
 */
export const rehearse = async (client: Pick<SecretsManagerClient, 'send'>): Promise<void> => {
  createSecureContext();
  const command = new GetSecretValueCommand({ SecretId: 'rehearsal' });
  const answer = () => ({ statusCode: 200, headers: {}, body: Readable.from([Buffer.from('{}')]) });
  command.middlewareStack.add(() => async () => ({ response: answer(), output: { $metadata: {} } }), {
    step: 'deserialize',
    priority: 'low',
  });
  await client.send(command);
};
