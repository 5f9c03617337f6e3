import * as v from 'valibot';
import type { InstanceId } from '../instances/instance-id.ts';
import { instanceIdSchema } from '../instances/instance-id-schema.ts';
import { instant } from './instant.ts';

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

/** Most ids one request may name; a run of all instances may be as large. */
export const mostInstances = 3_000;

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
