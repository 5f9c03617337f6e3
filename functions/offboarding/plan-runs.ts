import { canonicalIdentity } from '../instances/directory.ts';
import {
  defaultExpiryAfter,
  defaultExpiryMs,
  defaultMaxTargetsWithin,
  type ForcedLogout,
  forcedLogoutSchema,
  longestRunMs,
  type RunLimits,
} from '../runs/request.ts';
import type { RunCause } from '../runs/run-name.ts';
import { type Departure, type Invalid, parseEventFields } from './dialect.ts';

/** A run to start, and what names it. */
export type PlannedRun = { readonly cause: Omit<RunCause, 'stack'>; readonly request: ForcedLogout };

export type Planned = {
  readonly kind: 'planned';
  readonly requestedBy: string;
  readonly runs: readonly PlannedRun[];
  /** Why somebody whom the event names gets no run. It never quotes the event. */
  readonly problem?: string;
};

const dayMs = 24 * 60 * 60 * 1_000;

const requestedByOf = ({ source, id, requestedBy = `${source} ${id}` }: Departure): string => requestedBy;

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

const createRequest =
  (departure: Departure, limits: RunLimits) =>
  (identities: readonly string[]): ForcedLogout => {
    const { reason, occurredAt, at, account, dryRun, watchDays } = departure;
    const isLater = at !== undefined && Date.parse(at) > Date.parse(occurredAt);
    return {
      target: { owner: fitting(identities).join(' ') },
      reason,
      requestedBy: requestedByOf(departure),
      source: 'offboarding',
      ...(account !== undefined && { account }),
      occurredAt,
      ...(isLater && { at }),
      expiresAt: defaultExpiryAfter(isLater ? at : occurredAt, limits),
      maxTargets: defaultMaxTargetsWithin(limits.maxTargetsCeiling),
      ...(dryRun && { dryRun }),
      ...(watchDays !== undefined && { watchDays }),
    };
  };

const waitProblem = ({ occurredAt, at }: Departure, limits: RunLimits): Invalid | undefined => {
  const longestWaitMs = longestRunMs(limits) - defaultExpiryMs(limits);
  if (at === undefined || Date.parse(at) - Date.parse(occurredAt) <= longestWaitMs) return undefined;
  const days = Math.max(0, Math.floor(longestWaitMs / dayMs));
  return { kind: 'invalid', problem: `effectiveAt must be at most ${days} days after the event` };
};

/**
 * What names the run of one person. Another date names another run, and so does a dry run: a real request must not be answered
 * by its drill.
 */
const causeOf = ({ source, id, at, dryRun }: Departure, identities: readonly string[]): PlannedRun['cause'] => ({
  requester: source,
  key: JSON.stringify([id, identities, at, dryRun === true]),
});

const tooManyIdentities = `the identities of a person have more than ${longestOwner} characters: the run has those that fit`;

const normalizeInstant = (instant: string): string => new Date(instant).toISOString();

/** The same departure written in another way is the same departure: another time zone, an e-mail address in another case. */
const normalize = (departure: Departure): Departure => ({
  ...departure,
  people: departure.people.map((identities) => [...new Set(identities.map(canonicalIdentity))]),
  occurredAt: normalizeInstant(departure.occurredAt),
  ...(departure.at !== undefined && { at: normalizeInstant(departure.at) }),
});

/**
 * Plans one run for each person, so that each has its own cap, summary and cancellation. It never reads the clock: the same
 * event gives the same runs whenever it is delivered. If the run of one person is invalid, the others still get theirs.
 */
export const planRuns = (event: Departure, limits: RunLimits): Planned | Invalid => {
  const departure = normalize(event);
  const tooLong = waitProblem(departure, limits);
  if (tooLong) return tooLong;

  const requestFor = createRequest(departure, limits);
  const planned = departure.people.map((identities) => ({
    run: { cause: causeOf(departure, identities), request: requestFor(identities) },
    // A run would refuse it too, but here the event is still kept in the failed queue.
    refusal: parseEventFields(forcedLogoutSchema, requestFor(identities)),
  }));
  const runs = planned.flatMap(({ run, refusal }) => (refusal.kind === 'invalid' ? [] : [run]));
  const problems = planned.flatMap(({ refusal }) => (refusal.kind === 'invalid' ? [refusal.problem] : []));
  const isCut = departure.people.some((identities) => fitting(identities).length < identities.length);
  const problem = departure.problem ?? problems[0] ?? (isCut ? tooManyIdentities : undefined);
  if (runs.length === 0) return { kind: 'invalid', problem: problem ?? 'the event names nobody' };
  return { kind: 'planned', requestedBy: requestedByOf(departure), runs, ...(problem !== undefined && { problem }) };
};
