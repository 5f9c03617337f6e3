import type { ApiUrl } from '../../functions/green-api/api-url.ts';
import { stateClassOf } from '../../functions/green-api/vocabulary.ts';
import { isSameIdentity, parseOwner } from '../../functions/instances/identity.ts';
import { parseCredential } from '../../functions/instances/parse-credential.ts';
import { parseTagValue } from '../../functions/instances/tag-value.ts';
import { parseJson } from '../../functions/platform/unknown-values.ts';
import { CommandFailed, orFailure } from '../errors.ts';
import type { Enrollment, EnrollmentTags } from './enrollment.ts';
import type { SecretStore, StoredSecret } from './secret-store.ts';
import type { Verified, Verify } from './verify.ts';

type Change = {
  readonly enrollment: Enrollment;
  readonly stored: ReadonlyMap<string, string>;
  /** What GREEN-API says about the instance, if it was asked. */
  readonly verified: Partial<Verified>;
  readonly commandLine: (command: string) => string;
};

/** Somebody who is no longer an owner may still be logged in, and no run for them will find the instance. */
const ownerWarnings = ({ enrollment, stored, verified: { stateInstance }, commandLine }: Change): readonly string[] => {
  const { idInstance, tags } = enrollment;
  const kept = parseOwner(parseTagValue(tags.owner ?? stored.get('owner') ?? ''));
  const former = parseOwner(parseTagValue(stored.get('owner') ?? '')).filter(
    (identity) => !kept.some((other) => isSameIdentity(identity, other)),
  );
  if (former.length === 0) return [];
  const oldName = stored.has('name') && tags.name === undefined ? ['the tag name was not changed'] : [];
  if (stateInstance !== undefined && stateClassOf(stateInstance) === 'out') return oldName;
  const state = stateInstance === undefined ? 'its state was not read' : `its state is ${stateInstance}`;
  return [
    `${former.join(' ')} is no longer its owner, and ${state}: this person may still be logged in. Log it out: ${commandLine(`logout ${idInstance}`)}`,
    ...oldName,
  ];
};

const phoneWarnings = ({ stored, verified: { phoneProblem } }: Change): readonly string[] => {
  if (phoneProblem === undefined) return [];
  return [`${phoneProblem}${stored.has('phone') ? ', so the tag phone was not changed' : ''}`];
};

export type EnrollResult = {
  readonly idInstance: string;
  readonly result: 'created' | 'updated' | 'unchanged' | 'failed';
  /** What GREEN-API reported, if the credential was verified. */
  readonly stateInstance?: string | undefined;
  /** Why it failed, and what to do. */
  readonly problem?: string;
  /** What was done and may leave somebody logged in, or what was not done. */
  readonly warning?: string | undefined;
};

export type EnrollDependencies = {
  readonly store: SecretStore;
  /** `undefined`: nothing is verified. */
  readonly verify: Verify | undefined;
  readonly parseApiUrl: (text: string) => ApiUrl | undefined;
  readonly secretPrefix: string;
  readonly commandLine: (command: string) => string;
};

const fieldsOf = (text: string | undefined): object => {
  const value = text === undefined ? undefined : parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
};

/** The new text of a secret. Other fields of the stored value are kept. */
const textOf = (stored: string | undefined, { apiUrl, apiTokenInstance }: Enrollment): string =>
  JSON.stringify({ ...fieldsOf(stored), ...(apiUrl && { apiUrl }), ...(apiTokenInstance && { apiTokenInstance }) });

const changesOf = (tags: EnrollmentTags, stored: ReadonlyMap<string, string>) => {
  const entries = Object.entries(tags);
  return {
    set: entries.filter(([key, value]) => value !== '' && stored.get(key) !== value),
    removed: entries.filter(([key, value]) => value === '' && stored.has(key)).map(([key]) => key),
  };
};

const isTagsOnly = ({ apiTokenInstance }: Enrollment): boolean => apiTokenInstance === undefined;

const restoreFirst = 'the secret is scheduled for deletion: restore it first (aws secretsmanager restore-secret)';

/** The value to store, and what GREEN-API says about the instance: verified unless that is switched off. */
const prepareText = async (
  enrollment: Enrollment,
  stored: string | undefined,
  { verify, parseApiUrl }: EnrollDependencies,
): Promise<Partial<Verified> & { readonly text?: string }> => {
  const text = textOf(stored, enrollment);
  const parsed = parseCredential(text, parseApiUrl);
  if (parsed.kind === 'malformed') throw new CommandFailed(parsed.problem);
  return { ...(await verify?.(enrollment.idInstance, parsed.credential, enrollment.readsPhone)), text };
};

const writeTags = async (store: SecretStore, name: string, tags: EnrollmentTags, { tags: stored }: StoredSecret) => {
  const { set, removed } = changesOf(tags, stored);
  if (set.length > 0) await store.tag(name, set);
  if (removed.length > 0) await store.untag(name, removed);
  return set.length + removed.length > 0;
};

/** @returns the secret as it is; `undefined`: there is none yet */
const describeSecret = async (
  name: string,
  enrollment: Enrollment,
  store: SecretStore,
): Promise<StoredSecret | undefined> => {
  const secret = await store.describe(name);
  if (secret?.isDeleted) throw new CommandFailed(restoreFirst);
  if (secret === undefined && isTagsOnly(enrollment))
    throw new CommandFailed(`there is no secret ${name}: enroll it with its token`);
  return secret;
};

const enrollOne = async (enrollment: Enrollment, dependencies: EnrollDependencies): Promise<EnrollResult> => {
  const { idInstance } = enrollment;
  const { store, secretPrefix, commandLine } = dependencies;
  const name = `${secretPrefix}${idInstance}`;
  const secret = await describeSecret(name, enrollment, store);

  // A number is read with the stored token if there is no new one.
  const needsText = !isTagsOnly(enrollment) || enrollment.readsPhone;
  const stored = secret === undefined || !needsText ? undefined : await store.read(name);
  const { text, ...verified } = needsText ? await prepareText(enrollment, stored, dependencies) : {};
  const { stateInstance, phone } = verified;
  const tags = { ...enrollment.tags, ...(phone !== undefined && { phone }) };
  const change = { enrollment, stored: secret?.tags ?? new Map(), verified, commandLine };
  const warning = [...ownerWarnings(change), ...phoneWarnings(change)].join('; ') || undefined;
  const about = { idInstance, stateInstance, warning };
  if (secret === undefined) {
    await store.create(name, text ?? '{}', changesOf(tags, new Map()).set);
    return { ...about, result: 'created' };
  }
  const isNewText = !isTagsOnly(enrollment) && text !== undefined && text !== stored;
  if (isNewText) await store.write(name, text);
  const isNewTags = await writeTags(store, name, tags, secret);
  return { ...about, result: isNewText || isNewTags ? 'updated' : 'unchanged' };
};

/** Creates or updates the secret of one instance: verified first, written only if it differs. */
export const enroll = async (enrollment: Enrollment, dependencies: EnrollDependencies): Promise<EnrollResult> => {
  const result = await orFailure(enrollOne(enrollment, dependencies));
  if (!(result instanceof CommandFailed)) return result;
  return { idInstance: enrollment.idInstance, result: 'failed', problem: result.message };
};
