import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const client = new SecretsManagerClient({});
const tokens = new Map<string, Promise<string>>();

const fetchToken = async (idInstance: string): Promise<string> => {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: `green-api/${idInstance}` }));
  return JSON.parse(SecretString).apiTokenInstance;
};

/** The usual way: read once, keep for good. */
export const readToken = (idInstance: string): Promise<string> => {
  const token = tokens.get(idInstance) ?? fetchToken(idInstance);
  tokens.set(idInstance, token);
  return token;
};
