import {
  defaultExpiryAfter,
  defaultExpiryMs,
  defaultMaxTargetsWithin,
  type ForcedLogout,
  forcedLogoutSchema,
  type RunLimits,
} from '../runs/request.ts';
import type { RunCause } from '../runs/run-name.ts';
import type { Broken, Departure } from './dialect.ts';
import { parseFields } from './dialect.ts';

/** A run to start, and what names it. */
export type PlannedRun = { readonly cause: Omit<RunCause, 'stack'>; readonly request: ForcedLogout };

export type Planned = {
  readonly kind: 'planned';
  readonly requestedBy: string;
  readonly runs: readonly PlannedRun[];
};

const dayMs = 24 * 60 * 60 * 1_000;

const requestedByOf = ({ source, id, requestedBy = `${source} ${id}` }: Departure): string => requestedBy;

const createRequest =
  (departure: Departure, { maxTargetsCeiling }: RunLimits) =>
  (identities: readonly string[]): ForcedLogout => {
    const { reason, occurredAt, at, dryRun } = departure;
    const isLater = at !== undefined && Date.parse(at) > Date.parse(occurredAt);
    return {
      target: { owner: identities.join(' ') },
      reason,
      requestedBy: requestedByOf(departure),
      source: 'offboarding',
      occurredAt,
      ...(isLater && { at }),
      expiresAt: defaultExpiryAfter(isLater ? at : occurredAt),
      maxTargets: defaultMaxTargetsWithin(maxTargetsCeiling),
      ...(dryRun && { dryRun }),
    };
  };

const waitProblem = ({ occurredAt, at }: Departure, { executionTimeoutMs }: RunLimits): Broken | undefined => {
  const longestWaitMs = executionTimeoutMs - defaultExpiryMs;
  if (at === undefined || Date.parse(at) - Date.parse(occurredAt) <= longestWaitMs) return undefined;
  const days = Math.max(0, Math.floor(longestWaitMs / dayMs));
  return { kind: 'broken', problem: `effectiveAt must be at most ${days} days after the event` };
};

/**
 * What names the run of one person. A date that has changed names another run, and a dry run is never the real thing: a
 * run that exists must not stand for one that asks for more.
 */
const causeOf = ({ source, id, at, dryRun }: Departure, identities: readonly string[]): PlannedRun['cause'] => ({
  requester: source,
  key: JSON.stringify([id, identities, at, dryRun === true]),
});

/**
 * Plans one run for each person, so that each has a cap, a summary and a cancellation of their own. Nothing here reads the clock: the same event gives the
 * same runs whenever it is delivered.
 */
export const planRuns = (departure: Departure, limits: RunLimits): Planned | Broken => {
  const tooLong = waitProblem(departure, limits);
  if (tooLong) return tooLong;

  const requestFor = createRequest(departure, limits);
  const runs = departure.people.map((identities) => ({
    cause: causeOf(departure, identities),
    request: requestFor(identities),
  }));
  // What a run would refuse is refused here, where the event can still be kept.
  for (const { request } of runs) {
    const parsed = parseFields(forcedLogoutSchema, request);
    if (parsed.kind === 'broken') return parsed;
  }
  return { kind: 'planned', requestedBy: requestedByOf(departure), runs };
};
