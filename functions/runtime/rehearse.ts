import { Readable } from 'node:stream';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * Takes a request through the whole client but for the network: what it compiles and looks up at its first call, it then
 * does during init, where a function of any size has a whole core.
 */
export const rehearse = async (client: Pick<SecretsManagerClient, 'send'>): Promise<void> => {
  const command = new GetSecretValueCommand({ SecretId: 'rehearsal' });
  const answer = () => ({ statusCode: 200, headers: {}, body: Readable.from([Buffer.from('{}')]) });
  command.middlewareStack.add(() => async () => ({ response: answer(), output: { $metadata: {} } }), {
    step: 'deserialize',
    priority: 'low',
  });
  await client.send(command);
};
