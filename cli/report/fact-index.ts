import { canonicalIdentity, parseOwner } from '../../functions/instances/identity.ts';
import { groupBy } from '../../functions/instances/people.ts';
import type { Fact, InstanceFact, RunFact } from './facts.ts';

/** An instance and the owner that it has today. */
export type OwnedToday = {
  readonly idInstance: string;
  readonly owner?: string | undefined;
  readonly protected: boolean;
};

export const byTime = (a: { readonly at: number }, b: { readonly at: number }): number => a.at - b.at;

/** Of two lines of the same instant, the one that names an owner comes first. */
const byTimeAndTag = (a: InstanceFact, b: InstanceFact): number =>
  byTime(a, b) || Number(a.owner === undefined) - Number(b.owner === undefined);

const createIdentitiesOf = () => {
  const known = new Map<string, readonly string[]>();
  return (owner: string): readonly string[] => {
    const identities = known.get(owner) ?? parseOwner(owner).map(canonicalIdentity);
    known.set(owner, identities);
    return identities;
  };
};

/**
 * Each line about one instance with its owner. A single logout has no tags: it belongs to the owner that the line before it
 * names, without one the line after it, else the owner of today.
 *
 * @param facts of one instance, by time
 */
const withOwners = (facts: readonly InstanceFact[], today: string | undefined): readonly InstanceFact[] => {
  const first = facts.find(({ owner }) => owner !== undefined)?.owner ?? today;
  let current = first;
  return facts.map((fact) => {
    current = fact.owner ?? current;
    return fact.owner === undefined ? { ...fact, owner: current } : fact;
  });
};

const isInstanceFact = (fact: Fact): fact is InstanceFact => fact.kind !== 'run';

/**
 * The lines by the canonical identity of the person whom they are about, and by run.
 *
 * @param owned the instances of today; none if no deployment was asked
 */
export const indexFacts = (facts: readonly Fact[], owned: readonly OwnedToday[]) => {
  const identitiesOf = createIdentitiesOf();
  const byIdentity = <Value extends { readonly owner?: string | undefined }>(
    values: readonly Value[],
  ): ReadonlyMap<string, readonly Value[]> => {
    const groups = new Map<string, Value[]>();
    for (const value of values)
      for (const identity of identitiesOf(value.owner ?? '')) {
        const group = groups.get(identity) ?? [];
        group.push(value);
        groups.set(identity, group);
      }
    return groups;
  };
  const ownerToday = new Map(owned.map(({ idInstance, owner }) => [idInstance, owner]));
  const perInstance = groupBy(facts.filter(isInstanceFact).sort(byTimeAndTag), ({ idInstance }) => idInstance);
  const instances = [...perInstance].flatMap(([id, own]) => withOwners(own, ownerToday.get(id)));
  return {
    instances: byIdentity(instances),
    runs: byIdentity(facts.filter((fact): fact is RunFact => fact.kind === 'run')),
    today: byIdentity(owned),
  };
};

export type FactIndex = ReturnType<typeof indexFacts>;

/** A run whose lines do not fit together: a record may be lost. */
export type IncompleteRun = { readonly run: string; readonly why: string };

const incompletenessOf = (
  run: string,
  end: RunFact | undefined,
  sent: readonly InstanceFact[],
  records: readonly InstanceFact[],
): IncompleteRun | undefined => {
  const recorded = new Set(records.map(({ idInstance }) => idInstance));
  const missing = [...new Set(sent.map(({ idInstance }) => idInstance).filter((id) => !recorded.has(id)))].sort();
  if (missing.length > 0) return { run, why: `it sent a logout to ${missing.join(', ')}, and no record followed` };
  const confirmed = new Set(records.flatMap(({ idInstance, isConfirmed }) => (isConfirmed ? [idInstance] : []))).size;
  const { loggedOut = 0 } = end ?? {};
  return confirmed < loggedOut
    ? {
        run,
        why: `it confirmed ${loggedOut} logouts, and ${confirmed} of them ${confirmed === 1 ? 'has' : 'have'} a record`,
      }
    : undefined;
};

/** The runs whose records are incomplete, as far as their other lines tell. */
export const findIncompleteRuns = (facts: readonly Fact[]): readonly IncompleteRun[] => {
  const told = new Set(facts.flatMap(({ kind, run }) => (kind === 'run' || kind === 'sent' ? [run] : [])));
  const perRun = groupBy(
    facts.filter(({ run }) => told.has(run)),
    ({ run }) => run ?? '',
  );
  return [...perRun].flatMap(([run, lines]) => {
    const end = lines.find((fact): fact is RunFact => fact.kind === 'run');
    const about = lines.filter(isInstanceFact);
    const sent = about.filter(({ kind }) => kind === 'sent');
    const records = about.filter(({ kind }) => kind === 'logout');
    return incompletenessOf(run, end, sent, records) ?? [];
  });
};
