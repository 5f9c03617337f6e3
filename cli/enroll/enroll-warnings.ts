import { stateClassOf } from '../../functions/green-api/vocabulary.ts';
import { isSameIdentity, parseOwner } from '../../functions/instances/identity.ts';
import { parseTagValue } from '../../functions/instances/tag-value.ts';
import type { Enrollment } from './enrollment.ts';

type Change = {
  readonly enrollment: Enrollment;
  /** The tags before. */
  readonly stored: ReadonlyMap<string, string>;
  /** What GREEN-API says about the instance, if it was asked. */
  readonly prepared: { readonly stateInstance?: string; readonly phoneProblem?: string } | undefined;
  /** A command to copy. */
  readonly commandLine: (command: string) => string;
};

/** Somebody who is no longer an owner may still be logged in, and no run for them will find the instance. */
const ownerWarnings = ({ enrollment, stored, prepared, commandLine }: Change): readonly string[] => {
  const { idInstance, tags } = enrollment;
  const kept = parseOwner(parseTagValue(tags.owner ?? stored.get('owner') ?? ''));
  const former = parseOwner(parseTagValue(stored.get('owner') ?? '')).filter(
    (identity) => !kept.some((other) => isSameIdentity(identity, other)),
  );
  if (former.length === 0) return [];
  const oldName = stored.has('name') && tags.name === undefined ? ['the tag name is still the one of before'] : [];
  const stateInstance = prepared?.stateInstance;
  if (stateInstance !== undefined && stateClassOf(stateInstance) === 'out') return oldName;
  const state = stateInstance === undefined ? 'its state was not read' : `its state is ${stateInstance}`;
  return [
    `${former.join(' ')} is no longer its owner, and ${state}: this person may still be logged in. Log it out: ${commandLine(`logout ${idInstance}`)}`,
    ...oldName,
  ];
};

const phoneWarnings = ({ stored, prepared }: Change): readonly string[] => {
  if (prepared?.phoneProblem === undefined) return [];
  return [`${prepared.phoneProblem}${stored.has('phone') ? ', so the tag phone is still the one of before' : ''}`];
};

/** What was done and may leave somebody logged in, or what was not done. */
export const warningOf = (change: Change): { readonly warning?: string } => {
  const warnings = [...ownerWarnings(change), ...phoneWarnings(change)];
  return warnings.length > 0 ? { warning: warnings.join('; ') } : {};
};
