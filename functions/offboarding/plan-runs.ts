import { canonicalIdentity } from '../instances/identity.ts';
import { defined } from '../platform/defined.ts';
import { endOfDay, isDate, startOfDay } from '../platform/wall-clock.ts';
import { defaultExpiryMs, longestRunMs, type RunLimits, type RunRequest, runRequestSchema } from '../runs/request.ts';
import type { RunCause } from '../runs/run-name.ts';
import { describeInvalid, type Invalid, type LeaverReport, parseEventFields } from './dialect.ts';
import { namesOfChange } from './directory-user.ts';

export type PlannedRun = {
  readonly cause: Omit<RunCause, 'stack'>;
  /** Another event about the same change may have started its run under one of these. */
  readonly otherCauses: readonly Omit<RunCause, 'stack'>[];
  readonly request: RunRequest & { readonly target: { readonly owner: string } };
};

type Planned = {
  readonly kind: 'planned';
  readonly requestedBy: string;
  readonly runs: readonly PlannedRun[];
  /** Other events may report the same change, and start the same runs. */
  readonly isOfChange: boolean;
  /** Why somebody whom the event names gets no run. It never quotes the event. */
  readonly problem?: string;
};

/** What the deployment allows the run of a report. */
export type ReportLimits = RunLimits & {
  /** Of the dates in a report. @default a report with a date is refused */
  readonly timeZone?: string | undefined;
  /** Most instances of one person. @default the ceiling */
  readonly maxTargets?: number | undefined;
};

const dayMs = 24 * 60 * 60 * 1_000;

const requestedByOf = ({ source, id, requestedBy = `${source} ${id}` }: LeaverReport): string => requestedBy;

/** A target takes so many characters. */
const longestOwner = 256;

/** The identities that fit into one target, the shortest first: a long one must not keep the others out. */
const fitting = (identities: readonly string[]): readonly string[] => {
  const kept = new Set<string>();
  let left = longestOwner + 1;
  for (const identity of identities.toSorted((a, b) => a.length - b.length)) {
    left -= identity.length + 1;
    if (left >= 0) kept.add(identity);
  }
  return identities.filter((identity) => kept.has(identity));
};

const requestFor = (
  report: LeaverReport,
  identities: readonly string[],
  limits: ReportLimits,
): PlannedRun['request'] => {
  const { reason, source, occurredAt, occurredAtFrom, account, actor, requestId, dryRun, watchDays } = report;
  const at = report.at ?? occurredAt;
  return defined({
    target: { owner: fitting(identities).join(' ') },
    reason,
    requestedBy: requestedByOf(report),
    source: 'offboarding',
    account,
    actor: actor && { ...actor, claimedBy: source },
    requestId,
    occurredAt,
    occurredAtIs: occurredAtFrom === 'arrival' ? 'arrival' : 'event',
    at: Date.parse(at) > Date.parse(occurredAt) ? at : undefined,
    // A report names one person: 50, as for other runs, would keep somebody with more phones logged in.
    maxTargets: Math.min(limits.maxTargets ?? limits.maxTargetsCeiling, limits.maxTargetsCeiling),
    dryRun: dryRun || undefined,
    watchDays,
  });
};

/** Clocks differ by less, in milliseconds. */
const clockSkewMs = 15 * 60 * 1_000;

/** Whoever reports chooses the time of the event, and a logout is put off by `effectiveAt` alone. */
const futureProblem = ({ occurredAt, occurredAtFrom: field }: LeaverReport, now: Date): Invalid | undefined =>
  Date.parse(occurredAt) > now.getTime() + clockSkewMs
    ? { kind: 'invalid', field, rule: 'must not be in the future: use effectiveAt for a later logout' }
    : undefined;

const waitProblem = ({ at }: LeaverReport, limits: RunLimits, now: Date): Invalid | undefined => {
  const longestWaitMs = longestRunMs(limits) - defaultExpiryMs(limits);
  if (at === undefined || Date.parse(at) - now.getTime() <= longestWaitMs) return undefined;
  const days = Math.max(0, Math.floor(longestWaitMs / dayMs));
  return { kind: 'invalid', field: 'effectiveAt', rule: `must be at most ${days} days from now` };
};

/**
 * What names the run of one person. Another date names another run, and so does a dry run: a real request must not be answered
 * by its drill.
 */
const causesOf = (
  { source, id, at, dryRun, change, occurredAt }: LeaverReport,
  identities: readonly string[],
): Pick<PlannedRun, 'cause' | 'otherCauses'> => {
  if (change === undefined)
    return {
      cause: { requester: source, key: JSON.stringify([id, identities, at, dryRun === true]) },
      otherCauses: [],
    };
  const [key, ...otherKeys] = namesOfChange(change, occurredAt);
  const causeOf = (name: string) => ({ requester: 'change of a user', key: name });
  return { cause: causeOf(key), otherCauses: otherKeys.map(causeOf) };
};

const tooManyIdentities = `the identities of a person have more than ${longestOwner} characters: the run has those that fit`;

const instantOf = (text: string, timeZone: string, edgeOf: typeof startOfDay): string =>
  (isDate(text) ? edgeOf(text, timeZone) : new Date(text)).toISOString();

/**
 * The same report written in another way is the same report: another time zone, an e-mail address in another case. A leaver
 * works until the end of the last day.
 */
const normalize = (report: LeaverReport, timeZone = 'UTC'): LeaverReport => ({
  ...report,
  people: report.people.map((identities) => [...new Set(identities.map(canonicalIdentity))]),
  occurredAt: instantOf(report.occurredAt, timeZone, startOfDay),
  ...(report.at !== undefined && { at: instantOf(report.at, timeZone, endOfDay) }),
});

/** In which time zone a day ends makes a difference of up to 26 hours: nobody guesses it. */
const dateProblem = ({ at = '', occurredAt }: LeaverReport, { timeZone }: ReportLimits): Invalid | undefined => {
  if (timeZone !== undefined || !(isDate(at) || isDate(occurredAt))) return undefined;
  return {
    kind: 'invalid',
    field: isDate(at) ? 'effectiveAt' : 'occurredAt',
    rule: 'is a date, and its time zone is unknown: set timeZone for this source in the configuration, or send an instant with its offset, such as 2026-11-30T17:00:00Z',
  };
};

/** A report that does not say how long to watch gets the days that are configured for its source. */
export const withWatchDays = (report: LeaverReport, configured: number | undefined): LeaverReport =>
  defined({ watchDays: configured, ...report });

/**
 * Plans one run for each person, so that each has its own cap, summary and cancellation. The present time can only refuse a
 * report: the same event gives the same runs whenever it is delivered. If the run of one person is invalid, the others still get
 * theirs.
 */
export const planRuns = (event: LeaverReport, limits: ReportLimits, now: Date): Planned | Invalid => {
  const report = normalize(event, limits.timeZone);
  const refused = dateProblem(event, limits) ?? futureProblem(report, now) ?? waitProblem(report, limits, now);
  if (refused !== undefined) return refused;

  const planned = report.people.map((identities) => {
    const request = requestFor(report, identities, limits);
    // A run would refuse it too, but here the event is still kept in the failed queue.
    return { run: { ...causesOf(report, identities), request }, refusal: parseEventFields(runRequestSchema, request) };
  });
  const runs = planned.flatMap(({ run, refusal }) => (refusal.kind === 'invalid' ? [] : [run]));
  const refusals = planned.flatMap(({ refusal }) => (refusal.kind === 'invalid' ? [refusal] : []));
  const invalid = report.problem ?? refusals[0];
  if (runs.length === 0) return invalid ?? { kind: 'invalid', rule: 'the event names nobody' };

  const isCut = report.people.some((identities) => fitting(identities).length < identities.length);
  const problem = (invalid && describeInvalid(invalid)) ?? (isCut ? tooManyIdentities : undefined);
  const isOfChange = report.change !== undefined;
  return defined({ kind: 'planned', requestedBy: requestedByOf(report), runs, isOfChange, problem });
};
