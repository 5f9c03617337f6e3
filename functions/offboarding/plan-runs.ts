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
};

const dayMs = 24 * 60 * 60 * 1_000;

const requestedByOf = ({ source, id, requestedBy = `${source} ${id}` }: Departure): string => requestedBy;

const createRequest =
  (departure: Departure, limits: RunLimits) =>
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
      expiresAt: defaultExpiryAfter(isLater ? at : occurredAt, limits),
      maxTargets: defaultMaxTargetsWithin(limits.maxTargetsCeiling),
      ...(dryRun && { dryRun }),
    };
  };

const waitProblem = ({ occurredAt, at }: Departure, limits: RunLimits): Invalid | undefined => {
  const longestWaitMs = longestRunMs(limits) - defaultExpiryMs(limits);
  if (at === undefined || Date.parse(at) - Date.parse(occurredAt) <= longestWaitMs) return undefined;
  const days = Math.max(0, Math.floor(longestWaitMs / dayMs));
  return { kind: 'invalid', problem: `effectiveAt must be at most ${days} days after the event` };
};

/**
 * What names the run of one person. Another date names another run, and so does a dry run: an existing run must not answer for
 * a request that goes further.
 */
const causeOf = ({ source, id, at, dryRun }: Departure, identities: readonly string[]): PlannedRun['cause'] => ({
  requester: source,
  key: JSON.stringify([id, identities, at, dryRun === true]),
});

/**
 * Plans one run for each person, so that each has its own cap, summary and cancellation. It never reads the clock: the same
 * event gives the same runs whenever it is delivered.
 */
export const planRuns = (departure: Departure, limits: RunLimits): Planned | Invalid => {
  const tooLong = waitProblem(departure, limits);
  if (tooLong) return tooLong;

  const requestFor = createRequest(departure, limits);
  const runs = departure.people.map((identities) => ({
    cause: causeOf(departure, identities),
    request: requestFor(identities),
  }));
  // A run would refuse these too, but here the event is still kept in the failed queue.
  for (const { request } of runs) {
    const parsed = parseEventFields(forcedLogoutSchema, request);
    if (parsed.kind === 'invalid') return parsed;
  }
  return { kind: 'planned', requestedBy: requestedByOf(departure), runs };
};
