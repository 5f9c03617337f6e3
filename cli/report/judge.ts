import { canonicalIdentity } from '../../functions/instances/identity.ts';
import { groupBy } from '../../functions/instances/people.ts';
import {
  byTime,
  type FactIndex,
  findIncompleteRuns,
  type IncompleteRun,
  indexFacts,
  type OwnedToday,
} from './fact-index.ts';
import type { Fact, InstanceFact, RunFact } from './facts.ts';

/** Somebody who left. Times are milliseconds since 1970. */
export type Leaver = {
  /** Of the file. */
  readonly line: number;
  readonly identities: readonly string[];
  /** From when a logout counts: the instant of leaving, or the beginning of its date, less what `--early` allows. */
  readonly countsFrom: number;
  /** From when the hours count: the instant of leaving, or the end of its date. */
  readonly leftAt: number;
};

/** From the gravest to the best. A leaver has the gravest one of the instances. */
export const verdicts = ['linked again', 'not proved', 'protected', 'late', 'in time'] as const;
export type InstanceVerdict = (typeof verdicts)[number];
export type Verdict = InstanceVerdict | 'no instance' | 'not known';

export type JudgedInstance = {
  readonly idInstance: string;
  readonly verdict: InstanceVerdict;
  /** The first confirmation after which the instance was not linked again. */
  readonly proof?: InstanceFact;
  /** Why it is not proved. */
  readonly detail?: string;
};

export type Row = {
  readonly leaver: Leaver;
  readonly verdict: Verdict;
  readonly instances: readonly JudgedInstance[];
  readonly reportedAt?: number | undefined;
  readonly lastConfirmedAt?: number | undefined;
  readonly detail?: string;
  /** Those that were aimed at the leaver, or that the instances have a line of. */
  readonly incompleteRuns: readonly string[];
};

export type Report = { readonly rows: readonly Row[]; readonly incompleteRuns: readonly IncompleteRun[] };

export type JudgeOptions = { readonly withinMs: number; readonly owned?: readonly OwnedToday[] };

/** A later sign that the instance was linked after this confirmation. */
const isRevokedBy =
  (proof: InstanceFact) =>
  (other: InstanceFact): boolean => {
    if (other.kind === 'linked-again') return other.at >= proof.at;
    if (!other.isSecond || other.run === undefined) return false;
    return proof.run === other.run ? !proof.isSecond : proof.at < other.at;
  };

const judgeUnproved = (facts: readonly InstanceFact[]): Pick<JudgedInstance, 'verdict' | 'detail'> => {
  const last = facts.findLast(({ kind }) => kind === 'logout') ?? facts.at(-1);
  if (last?.kind === 'sent') return { verdict: 'not proved', detail: 'a logout was sent, and no record followed' };
  if (last?.kind === 'logout') return { verdict: 'not proved', detail: last.outcome };
  return last?.outcome === 'protected'
    ? { verdict: 'protected', detail: 'its tag protected keeps runs from logging it out' }
    : { verdict: 'not proved', detail: `skipped: ${last?.outcome}` };
};

/** @param facts of one instance and person since the leaving, by time; at least one */
const judgeInstance = (idInstance: string, facts: readonly InstanceFact[], deadline: number): JudgedInstance => {
  const proof = facts.find((fact) => fact.isConfirmed && !facts.some(isRevokedBy(fact)));
  if (proof !== undefined) return { idInstance, verdict: proof.at <= deadline ? 'in time' : 'late', proof };
  if (facts.some(({ kind, isSecond }) => kind === 'linked-again' || isSecond))
    return { idInstance, verdict: 'linked again', detail: 'linked again after its last confirmed logout' };
  return { idInstance, ...judgeUnproved(facts) };
};

const judgeToday = ({ idInstance, protected: isProtected }: OwnedToday): JudgedInstance => ({
  idInstance,
  verdict: isProtected ? 'protected' : 'not proved',
  detail: 'has this owner today, and no record since the leaving',
});

/** What the file and the evidence hold about one leaver. */
type Case = {
  readonly leaver: Leaver;
  readonly facts: readonly InstanceFact[];
  readonly runs: readonly RunFact[];
  readonly today: readonly OwnedToday[];
  /** The last confirmed logout before `countsFrom`. */
  readonly earlier: number | undefined;
};

const instancesOf = ({ leaver, facts, today }: Case, withinMs: number): readonly JudgedInstance[] => {
  const perInstance = groupBy(facts, ({ idInstance }) => idInstance);
  const recorded = [...perInstance].map(([id, own]) => judgeInstance(id, own, leaver.leftAt + withinMs));
  const others = today.filter(({ idInstance }) => !perInstance.has(idInstance)).map(judgeToday);
  return [...recorded, ...others].sort((a, b) => (a.idInstance < b.idInstance ? -1 : 1));
};

type Judgement = Pick<Row, 'verdict' | 'detail'>;

/** Of somebody without a single line about an instance. */
const judgeRuns = ({ runs, earlier }: Case): Judgement => {
  const before = earlier === undefined ? '' : `; logged out before, at ${new Date(earlier).toISOString()}`;
  if (runs.length === 0) return { verdict: 'not known', detail: `no record of a run since the leaving${before}` };
  if (runs.every(({ status, total }) => status === 'SUCCEEDED' && total === 0)) return { verdict: 'no instance' };
  if (runs.at(-1)?.leftProtected) return { verdict: 'protected', detail: 'the run left protected instances alone' };
  return { verdict: 'not proved', detail: `the run ended as ${runs.at(-1)?.status} without a record of an instance` };
};

const gravity: readonly Verdict[] = verdicts;

const graver = (a: Judgement, b: Judgement): Judgement =>
  gravity.indexOf(b.verdict) < gravity.indexOf(a.verdict) ? b : a;

/** That a run aimed at the leaver did not find or reach an instance, or its record has no tags: which one it is, no line says. */
const judgeUntold = ({ facts, runs }: Case): Judgement | undefined => {
  const last = runs.at(-1);
  if (last?.isListOpen)
    return { verdict: 'not proved', detail: `${last.run} ended as ${last.status}, and did not find every instance` };
  const told = new Set(facts.flatMap(({ kind, idInstance }) => (kind === 'skipped' ? [] : [idInstance]))).size;
  const run = runs.findLast(({ included }) => included > told);
  if (run === undefined) return undefined;
  const records = `${told} of them ${told === 1 ? 'has' : 'have'} a record`;
  return { verdict: 'not proved', detail: `${run.run} included ${run.included} instances, and ${records}` };
};

const judgeCase = (found: Case, instances: readonly JudgedInstance[], incompleteRuns: readonly string[]): Judgement => {
  if (instances.length === 0) return judgeRuns(found);
  const gravest = verdicts.find((wanted) => instances.some(({ verdict }) => verdict === wanted)) ?? 'not proved';
  const details = instances.flatMap(({ idInstance, detail }) =>
    detail === undefined ? [] : [`${idInstance}: ${detail}`],
  );
  const judged: Judgement = { verdict: gravest, ...(details.length > 0 && { detail: details.join('; ') }) };
  const lost = found.runs.find(({ run }) => incompleteRuns.includes(run));
  if (lost !== undefined)
    return graver(judged, { verdict: 'not proved', detail: `the records of ${lost.run} are incomplete` });
  const untold = judgeUntold(found);
  if (untold !== undefined) return graver(judged, untold);
  if (found.runs.at(-1)?.leftProtected !== true) return judged;
  return graver(judged, { verdict: 'protected', detail: 'the run left protected instances alone' });
};

// `Math.min` of very many values would be an error.
export const minOf = (values: readonly number[]): number | undefined => values.toSorted((a, b) => a - b)[0];
const maxOf = (values: readonly number[]): number | undefined => values.toSorted((a, b) => b - a)[0];

const timesOf = ({ facts, runs }: Case, instances: readonly JudgedInstance[]): Partial<Row> => {
  const reportedAt = minOf(
    [...facts, ...runs].flatMap((fact) => (fact.kind === 'run' ? fact.startedAt : fact.reportedAt) ?? []),
  );
  const lastConfirmedAt = maxOf(instances.flatMap(({ proof }) => proof?.at ?? []));
  return { reportedAt, lastConfirmedAt };
};

/** Nothing twice: several identities of a person may lead to the same line. */
const ofPerson = <Value>(
  index: ReadonlyMap<string, readonly Value[]>,
  identities: readonly string[],
): readonly Value[] => [...new Set(identities.flatMap((identity) => index.get(identity) ?? []))];

const caseOf = (leaver: Leaver, until: number, identities: readonly string[], index: FactIndex): Case => {
  const isIn = ({ at }: { readonly at: number }): boolean => at >= leaver.countsFrom && at < until;
  const all = ofPerson(index.instances, identities);
  // An instance whose tag has changed is somebody else's.
  const facts = all.filter((fact) => isIn(fact) && fact.outcome !== 'tag-changed').sort(byTime);
  return {
    leaver,
    facts,
    runs: ofPerson(index.runs, identities).filter(isIn).sort(byTime),
    today: until === Number.POSITIVE_INFINITY ? ofPerson(index.today, identities) : [],
    earlier: maxOf(all.flatMap(({ at, isConfirmed }) => (isConfirmed && at < leaver.countsFrom ? [at] : []))),
  };
};

/** For each leaver the canonical identities, and until when what happens belongs to this leaving: the person's next one. */
const windowsOf = (leavers: readonly Leaver[]) => {
  const named = leavers.map((leaver) => ({ leaver, identities: leaver.identities.map(canonicalIdentity) }));
  const starts = groupBy(
    named.flatMap(({ leaver, identities }) => identities.map((identity) => ({ identity, start: leaver.countsFrom }))),
    ({ identity }) => identity,
  );
  return named.map(({ leaver, identities }) => {
    const sameIdentity = identities.flatMap((identity) => starts.get(identity) ?? []);
    const later = sameIdentity.map(({ start }) => start).filter((start) => start > leaver.countsFrom);
    return { leaver, identities, until: minOf(later) ?? Number.POSITIVE_INFINITY };
  });
};

/** Judges each leaver by the evidence: whether every instance is proved to be out in time. Rules: `docs/audit.md`. */
export const judge = (
  facts: readonly Fact[],
  leavers: readonly Leaver[],
  { withinMs, owned = [] }: JudgeOptions,
): Report => {
  const index = indexFacts(facts, owned);
  const incompleteRuns = findIncompleteRuns(facts);
  const incomplete = new Set(incompleteRuns.map(({ run }) => run));
  const rows = windowsOf(leavers).map(({ leaver, identities, until }): Row => {
    const found = caseOf(leaver, until, identities, index);
    const instances = instancesOf(found, withinMs);
    const runs = new Set([...found.facts, ...found.runs].flatMap(({ run }) => run ?? []));
    const lacking = [...runs].filter((run) => incomplete.has(run)).sort();
    const judgement = judgeCase(found, instances, lacking);
    return { leaver, instances, incompleteRuns: lacking, ...judgement, ...timesOf(found, instances) };
  });
  return { rows, incompleteRuns };
};
