import { createHash, randomBytes } from 'node:crypto';

export type ProviderToken = {
  /** For the identity provider. It is not stored anywhere else. */
  readonly token: string;
  /** For `identityProviders` in the configuration: 64 hexadecimal digits. */
  readonly sha256: string;
};

/** A bearer token of 256 random bits: with so many, its plain digest cannot be guessed back. */
export const newProviderToken = (): ProviderToken => {
  const token = randomBytes(32).toString('base64url');
  return { token, sha256: createHash('sha256').update(token).digest('hex') };
};
