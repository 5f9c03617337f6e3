import type { ApiUrl } from '../../functions/green-api/api-url.ts';
import { stateClassOf } from '../../functions/green-api/vocabulary.ts';
import { parseCredential } from '../../functions/instances/credentials.ts';
import { isSameIdentity, parseOwner } from '../../functions/instances/identity.ts';
import { parseTagValue } from '../../functions/instances/tag-value.ts';
import { parseJson } from '../../functions/platform/unknown-values.ts';
import { CommandFailed, orFailure } from '../errors.ts';
import type { Enrollment, EnrollmentTags } from './enrollment.ts';
import type { SecretStore, StoredSecret } from './secret-store.ts';
import type { Verify } from './verify.ts';

export type EnrollResult = {
  readonly idInstance: string;
  readonly result: 'created' | 'updated' | 'unchanged' | 'failed';
  /** What GREEN-API reported, if the credential was verified. */
  readonly stateInstance?: string;
  /** Why it failed, and what to do. */
  readonly problem?: string;
  /** What was done, and may leave somebody logged in. */
  readonly warning?: string;
};

export type EnrollDependencies = {
  readonly store: SecretStore;
  /** `undefined`: nothing is verified. */
  readonly verify: Verify | undefined;
  readonly parseApiUrl: (text: string) => ApiUrl | undefined;
  readonly secretPrefix: string;
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

const restoreFirst = 'the secret is scheduled for deletion: restore it first (aws secretsmanager restore-secret)';

/** The value to store, verified; `undefined`: only the tags are to change. */
const prepareText = async (
  enrollment: Enrollment,
  stored: string | undefined,
  { verify, parseApiUrl }: EnrollDependencies,
): Promise<{ readonly text: string; readonly stateInstance?: string }> => {
  const text = textOf(stored, enrollment);
  const parsed = parseCredential(text, parseApiUrl);
  if (parsed.kind === 'malformed') throw new CommandFailed(parsed.problem);
  if (verify === undefined) return { text };
  const verified = await verify(enrollment.idInstance, parsed.credential);
  if (verified.kind === 'invalid') throw new CommandFailed(`${verified.problem}. Nothing was written.`);
  return { text, stateInstance: verified.stateInstance };
};

const writeTags = async (store: SecretStore, name: string, tags: EnrollmentTags, { tags: stored }: StoredSecret) => {
  const { set, removed } = changesOf(tags, stored);
  if (set.length > 0) await store.tag(name, set);
  if (removed.length > 0) await store.untag(name, removed);
  return set.length + removed.length > 0;
};

/** Somebody who is no longer an owner may still be logged in, and no run for them will find the instance. */
const warnOfOwner = (
  { idInstance, tags: { owner } }: Enrollment,
  stored: ReadonlyMap<string, string>,
  stateInstance: string | undefined,
): Pick<EnrollResult, 'warning'> => {
  const kept = parseOwner(parseTagValue(owner ?? stored.get('owner') ?? ''));
  const former = parseOwner(parseTagValue(stored.get('owner') ?? '')).filter(
    (identity) => !kept.some((other) => isSameIdentity(identity, other)),
  );
  if (former.length === 0 || (stateInstance !== undefined && stateClassOf(stateInstance) === 'out')) return {};
  const state = stateInstance === undefined ? 'its state was not read' : `its state is ${stateInstance}`;
  return {
    warning: `${former.join(' ')} is no longer its owner, and ${state}: this person may still be logged in. Log it out: logout ${idInstance}`,
  };
};

const enrollOne = async (enrollment: Enrollment, dependencies: EnrollDependencies): Promise<EnrollResult> => {
  const { idInstance, tags } = enrollment;
  const { store, secretPrefix } = dependencies;
  const name = `${secretPrefix}${idInstance}`;
  const secret = await store.describe(name);
  if (secret?.isDeleted) throw new CommandFailed(restoreFirst);
  const tagsOnly = enrollment.apiTokenInstance === undefined;
  if (tagsOnly && secret === undefined) throw new CommandFailed(`there is no secret ${name}: enroll it with its token`);

  const stored = secret === undefined || tagsOnly ? undefined : await store.read(name);
  const prepared = tagsOnly ? undefined : await prepareText(enrollment, stored, dependencies);
  const state = prepared?.stateInstance === undefined ? {} : { stateInstance: prepared.stateInstance };
  if (secret === undefined) {
    await store.create(name, prepared?.text ?? '{}', changesOf(tags, new Map()).set);
    return { idInstance, result: 'created', ...state };
  }
  const isNewText = prepared !== undefined && prepared.text !== stored;
  if (isNewText) await store.write(name, prepared.text);
  const isNewTags = await writeTags(store, name, tags, secret);
  const warning = warnOfOwner(enrollment, secret.tags, prepared?.stateInstance);
  return { idInstance, result: isNewText || isNewTags ? 'updated' : 'unchanged', ...state, ...warning };
};

/** Creates or updates the secret of one instance: verified first, written only if it differs. */
export const enroll = async (enrollment: Enrollment, dependencies: EnrollDependencies): Promise<EnrollResult> => {
  const result = await orFailure(enrollOne(enrollment, dependencies));
  if (!(result instanceof CommandFailed)) return result;
  return { idInstance: enrollment.idInstance, result: 'failed', problem: result.message };
};
