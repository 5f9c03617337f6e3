import { randomUUID } from 'node:crypto';
import { putVersion } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { withTags } from './tags.ts';

/** A secret as a caller describes it. */
export type LocalSecret = {
  readonly name: string;
  readonly secretString?: string;
  readonly secretBinary?: Uint8Array;
  readonly tags?: Readonly<Record<string, string>>;
};

/** Makes the secret, or gives the one of that name a new value, and other tags if any are given. */
export const putLocalSecret = (store: SecretStore, { name, secretString, secretBinary, tags }: LocalSecret): void => {
  const secret = store.find(name) ?? store.create(name);
  delete secret.deletionAtMs;
  if (tags) secret.tags = new Map();
  tagLocalSecret(store, name, tags ?? {});
  if (secretString === undefined && !secretBinary) return;
  const binary = secretBinary && Buffer.from(secretBinary).toString('base64');
  putVersion(secret, { versionId: randomUUID(), secretString, secretBinary: binary });
};

/** Adds tags, or gives them other values. @throws when there is no such secret */
export const tagLocalSecret = (store: SecretStore, name: string, tags: Readonly<Record<string, string>>): void => {
  const secret = store.find(name);
  if (!secret) throw new Error(`the emulator has no secret ${name}`);
  const added = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  secret.tags = withTags(secret.tags, added);
};
