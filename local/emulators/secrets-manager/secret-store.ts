import { randomBytes } from 'node:crypto';
import type { Secret } from './secret.ts';

const arnStart = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';
const suffixLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The secrets, in the order in which they were made. */
export const createSecretStore = () => {
  const byName = new Map<string, Secret>();
  let serial = 0;

  return {
    all: (): readonly Secret[] => [...byName.values()],
    /** Finds a secret by its name, its ARN, or its ARN without the six characters at the end. */
    find: (secretId: string): Secret | undefined => {
      if (!secretId.startsWith(arnStart)) return byName.get(secretId);
      const rest = secretId.slice(arnStart.length);
      const whole = byName.get(rest.slice(0, -7));
      return whole?.arn === secretId ? whole : byName.get(rest);
    },
    create: (name: string, details: Partial<Pick<Secret, 'description' | 'kmsKeyId' | 'tags'>> = {}): Secret => {
      const createdAtMs = Date.now();
      const arn = `${arnStart}${name}-${arnSuffix()}`;
      serial += 1;
      const made = { serial, name, arn, createdAtMs, changedAtMs: createdAtMs, tags: new Map(), versions: new Map() };
      const secret: Secret = { ...made, ...details };
      byName.set(name, secret);
      return secret;
    },
    remove: (name: string): void => {
      byName.delete(name);
    },
  };
};

export type SecretStore = ReturnType<typeof createSecretStore>;

const arnSuffix = () => Array.from(randomBytes(6), (byte) => suffixLetters[byte % suffixLetters.length]).join('');
