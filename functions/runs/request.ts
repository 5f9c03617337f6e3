import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../instances/instance-id.ts';
import { mostInstances } from '../platform/environment.ts';

/** `Date.parse` takes 30 February for 2 March. */
const isRealInstant = (text: string): boolean => {
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(Date.parse(text)) && !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
};

/** An ISO 8601 instant with its offset. */
export const instant = v.pipe(
  v.string('must be an instant'),
  v.regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/,
    'must be an ISO 8601 instant with its offset, such as 2026-11-30T17:00:00Z',
  ),
  v.check(isRealInstant, 'must be a date that exists'),
);

/** What a run is aimed at. */
export type Target =
  | { readonly instances: readonly InstanceId[] }
  /** One or more identities of one person, separated by spaces. */
  | { readonly owner: string }
  | { readonly group: string }
  | { readonly all: true };

export type Source = 'api' | 'schedule' | 'offboarding';

/**
 * What a run was asked to do: the payload of its execution. Nothing in it differs when the same thing is asked twice, but
 * for a request at the API: there `occurredAt`, and the expiry that follows from it, tell when it was first asked.
 */
export type ForcedLogout = {
  readonly target: Target;
  /** Ids left alone. */
  readonly except?: readonly InstanceId[];
  readonly reason: string;
  /** Role ARN and unique id, subject of a token, name of a schedule, or source and id of an event. */
  readonly requestedBy: string;
  readonly source: Source;
  /** When it happened that this is the answer to: the event's own or the scheduled time. ISO 8601, as all instants here. */
  readonly occurredAt?: string;
  /** Instant to wait for before anything is done. */
  readonly at?: string;
  /** Nothing is done after this instant. */
  readonly expiresAt: string;
  /** More targets than this fail the run before it touches one. */
  readonly maxTargets: number;
  /** Clear the outgoing queue too, so that the next number that is linked does not send it. */
  readonly clearQueue?: boolean;
  /** Say who would be logged out and touch nothing. */
  readonly dryRun?: boolean;
};

const instanceIds = v.pipe(
  v.array(instanceIdSchema, 'must be a list of ids'),
  v.maxLength(mostInstances, `must be at most ${mostInstances} ids`),
);

const text = (longest: number) =>
  v.pipe(
    v.string('must be a text'),
    v.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, 'must not be empty or hold control characters'),
    // Code points, as JSON Schema counts them.
    v.check((value) => [...value].length <= longest, `must be at most ${longest} characters`),
  );

const flag = v.boolean('must be true or false');

const targetRule = 'must be exactly one of instances, owner, group, and all: true';

const targetSchema = v.pipe(
  v.strictObject(
    {
      instances: v.optional(instanceIds),
      owner: v.optional(text(256)),
      group: v.optional(text(256)),
      all: v.optional(v.literal(true, 'must be true')),
    },
    targetRule,
  ),
  v.check((target) => Object.keys(target).length === 1, targetRule),
  v.transform((target) => target as Target),
);

/** The fields that whoever asks for a run may choose. */
export const requestEntries = {
  target: targetSchema,
  except: v.optional(instanceIds),
  reason: text(256),
  at: v.optional(instant),
  expiresAt: v.optional(instant),
  maxTargets: v.optional(
    v.pipe(
      v.number('must be a number'),
      v.integer('must be a whole number'),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(mostInstances, `must be at most ${mostInstances}`),
    ),
  ),
  clearQueue: v.optional(flag),
  dryRun: v.optional(flag),
};

/** The payload of a run. */
export const forcedLogoutSchema = v.strictObject({
  ...requestEntries,
  // The ARN of a user may have a path of 512 characters.
  requestedBy: text(1_024),
  source: v.picklist(['api', 'schedule', 'offboarding'], 'must be api, schedule or offboarding'),
  occurredAt: v.optional(instant),
  expiresAt: instant,
  maxTargets: v.unwrap(requestEntries.maxTargets),
});

/** What the deployment allows a run. */
export type RunLimits = {
  /** Instances it may touch, whatever it is asked. */
  readonly maxTargetsCeiling: number;
  /** How long it may last, waiting for `at` included, in milliseconds. */
  readonly executionTimeoutMs: number;
};

/** Instances a run may touch unless the request says otherwise. */
const defaultMaxTargets = 50;

/** How long after `at`, or after its cause, a run may still act unless the request says otherwise, in milliseconds. */
export const defaultExpiryMs = 24 * 60 * 60 * 1_000;

export const defaultMaxTargetsWithin = (ceiling: number): number => Math.min(defaultMaxTargets, ceiling);

/** The `expiresAt` that follows from the `at`, or else from the cause, of a run. ISO 8601. */
export const defaultExpiryAfter = (instant: string): string =>
  new Date(Date.parse(instant) + defaultExpiryMs).toISOString();

/** A run that has begun. */
export type RunIdentity = {
  readonly id: string;
  readonly request: ForcedLogout;
  /** When the run began; ISO 8601. */
  readonly startedAt: string;
};
