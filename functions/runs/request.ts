import * as v from 'valibot';
import { instanceIdSchema } from '../green-api/instance-id.ts';
import { mostInstances, watchDays } from '../platform/settings.ts';
import { isRealDate } from '../platform/wall-clock.ts';

const isRealInstant = (text: string): boolean => !Number.isNaN(Date.parse(text)) && isRealDate(text.slice(0, 10));

/** An ISO 8601 instant with its offset. */
export const instant = v.pipe(
  v.string('must be an instant'),
  v.regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/,
    'must be an ISO 8601 instant with its offset, such as 2026-11-30T17:00:00Z',
  ),
  v.check(isRealInstant, 'must be a date that exists'),
);

const instanceIds = v.pipe(
  v.array(instanceIdSchema, 'must be a list of ids'),
  v.maxLength(mostInstances, `must be at most ${mostInstances} ids`),
  v.readonly(),
);

const text = (longest: number) =>
  v.pipe(
    v.string('must be a string'),
    v.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, 'must not be empty or hold control characters'),
    // Code points, as JSON Schema counts them.
    v.check((value) => [...value].length <= longest, `must be at most ${longest} characters`),
  );

const flag = v.boolean('must be true or false');

const targetRule = 'must be exactly one of instances, owner, group, and all: true';

export const targetSchemas = {
  instances: v.strictObject({ instances: instanceIds }),
  /** One or more identities of one person, separated by spaces. */
  owner: v.strictObject({ owner: text(256) }),
  group: v.strictObject({ group: text(256) }),
  all: v.strictObject({ all: v.literal(true, 'must be true') }),
};

export type TargetKind = keyof typeof targetSchemas;

const isTargetKind = (key: string): key is TargetKind => Object.hasOwn(targetSchemas, key);

const targetSchema = v.lazy((value): (typeof targetSchemas)[TargetKind] | v.GenericSchema<never> => {
  const [key = '', ...others] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return isTargetKind(key) && others.length === 0 ? targetSchemas[key] : v.custom<never>(() => false, targetRule);
});

/** The instances that a run is to log out. */
export type Target = Readonly<v.InferOutput<typeof targetSchema>>;

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );

const maxTargets = wholeNumber(1, mostInstances);

/**
 * The fields that the requester of a run may choose: the one list of them. Every surface has every field, except those
 * that `leftOut` names, and a test compares them.
 */
export const runFields = {
  target: targetSchema,
  /** Ids of instances that the run must not log out. */
  except: v.exactOptional(instanceIds),
  reason: text(256),
  at: v.exactOptional(instant),
  expiresAt: v.exactOptional(instant),
  /** With more targets than this the run fails before it logs anybody out. */
  maxTargets: v.exactOptional(maxTargets),
  /** Clears the outgoing queue too, so that the next number that is linked does not send it. */
  clearQueue: v.exactOptional(flag),
  /** Replaces the token of each instance after its logout is confirmed, so that a copy of the token cannot link it again. */
  rotateToken: v.exactOptional(flag),
  /** A drill: the run reads the credential and the state of each target, and logs nobody out. */
  dryRun: v.exactOptional(flag),
  /** Finding no instance is normal for this schedule, and no sign of a misspelt tag. */
  mayFindNobody: v.exactOptional(flag),
  /** Days for which the confirmed instances are watched after the run, in case somebody links one again. */
  watchDays: v.exactOptional(wholeNumber(watchDays.min, watchDays.max)),
};

type RunField = keyof typeof runFields;

const readsResult = 'a person who starts a run by hand reads its result';

/** The fields that a surface leaves out on purpose, each with the reason. */
export const leftOut = {
  api: { mayFindNobody: readsResult },
  schedule: {
    at: 'a scheduled run starts at its scheduled time',
    expiresAt: 'a scheduled run expires a day after its scheduled time',
  },
  commandLine: { mayFindNobody: readsResult },
  console: { expiresAt: 'the page starts runs that expire after the default time', mayFindNobody: readsResult },
} as const satisfies Record<string, Partial<Record<RunField, string>>>;

type Surface = keyof typeof leftOut;
export type FieldsOf<S extends Surface> = Omit<typeof runFields, keyof (typeof leftOut)[S]>;

export const fieldsOf = <S extends Surface>(surface: S): FieldsOf<S> =>
  Object.fromEntries(
    Object.entries(runFields).filter(([field]) => !Object.hasOwn(leftOut[surface], field)),
  ) as FieldsOf<S>;

/** A value as JSON has it: an id is a text. */
type Plain<Value> = Value extends string
  ? string
  : Value extends object
    ? { readonly [Key in keyof Value]: Plain<Value[Key]> }
    : Value;

/** What a surface asks for to start a run. */
export type RequestedRun<S extends Surface> = Plain<v.InferInput<v.StrictObjectSchema<FieldsOf<S>, undefined>>>;

/**
 * The payload of a run's execution. A repeated request, event or firing gives the same payload under the same name. Two ways in
 * have no time of their own and put the instant of arrival into `occurredAt`: the API, and reports of identity providers.
 */
export const runRequestSchema = v.strictObject({
  ...runFields,
  maxTargets,
  /** Role ARN and unique id, subject of a token, name of a schedule, or source and id of an event: a user's ARN may have a path of 512 characters. */
  requestedBy: text(1_024),
  retryOf: v.exactOptional(text(64)),
  /** Of a retry: the instances that it takes, if the target still includes them. Missing: whatever the target includes. */
  only: v.exactOptional(instanceIds),
  /** Of a request of version 0.2: AWS identity that started the run again after it had failed or was stopped. */
  redrivenBy: v.exactOptional(text(1_024)),
  source: v.picklist(['api', 'schedule', 'offboarding'], 'must be api, schedule or offboarding'),
  session: v.exactOptional(
    v.strictObject({
      name: text(64),
      setBy: v.picklist(['identity-center', 'caller', 'desk'], 'must be a known origin'),
    }),
  ),
  email: v.exactOptional(text(320)),
  person: v.exactOptional(v.strictObject({ issuer: text(1_024), name: v.exactOptional(text(256)) })),
  account: v.exactOptional(
    v.pipe(v.string('must be a string'), v.regex(/^[0-9]{12}$/, 'must be the id of an AWS account')),
  ),
  /** The time of the cause: the event's own time, the scheduled time, or the instant at which the request or report arrived. */
  occurredAt: v.exactOptional(instant),
  /** Of a report: whose time `occurredAt` is. A repeated report of the kind `arrival` has another payload under the same name. */
  occurredAtIs: v.exactOptional(v.picklist(['event', 'arrival'], 'must be event or arrival')),
  /** Who made the change that was reported, as the source of the report claims. */
  actor: v.exactOptional(
    v.strictObject({
      id: v.exactOptional(text(1_024)),
      name: v.exactOptional(text(1_024)),
      /** The source: of the event, or the kind and name of the identity provider. */
      claimedBy: text(1_024),
    }),
  ),
  requestId: v.exactOptional(text(256)),
});

export type RunRequest = Readonly<v.InferOutput<typeof runRequestSchema>>;

export type RetryChoice = {
  /** @default that of the earlier run */
  readonly reason?: string;
  /** A drill stays a drill, and anything else may be retried as one. */
  readonly dryRun?: true;
  readonly maxTargets?: number;
  /** The requester knows that somebody stopped the earlier run. */
  readonly evenIfStopped?: boolean;
};

export type RunLimits = {
  /** Most instances that one run may log out, whatever its request says. */
  readonly maxTargetsCeiling: number;
  /** Longest life of a run, the wait for `at` included, in milliseconds. */
  readonly executionTimeoutMs: number;
  /** Whether tokens may be rotated. @default false */
  readonly tokenRotation?: boolean;
};

/** Most targets of a run whose request names no `maxTargets`. */
export const defaultMaxTargets = 50;

const dayMs = 24 * 60 * 60 * 1_000;
/** Time for a run to end by itself, with its evidence and its summary, before its execution times out. In milliseconds. */
const marginMs = 10 * 60 * 1_000;

/** Longest time from the start of a run to its expiry, in milliseconds. */
export const longestRunMs = ({ executionTimeoutMs }: Pick<RunLimits, 'executionTimeoutMs'>): number =>
  executionTimeoutMs - marginMs;

/** Time from `at`, or from the cause, to the expiry of a run whose request names no `expiresAt`, in milliseconds. */
export const defaultExpiryMs = (limits: Pick<RunLimits, 'executionTimeoutMs'>): number =>
  Math.min(dayMs, longestRunMs(limits));

/** Why a request with more `maxTargets` is refused, and what to do. */
export const overCeiling = (ceiling: number): string =>
  `must be at most ${ceiling}, the ceiling of this deployment: start a run for each group${ceiling < mostInstances ? ', or raise runs.maxTargetsCeiling and deploy' : ''}`;

export const defaultMaxTargetsWithin = (ceiling: number): number => Math.min(defaultMaxTargets, ceiling);

/** The `expiresAt` that follows from the `at`, or else from the cause, of a run. ISO 8601. */
export const defaultExpiryAfter = (instant: string, limits: Pick<RunLimits, 'executionTimeoutMs'>): string =>
  new Date(Date.parse(instant) + defaultExpiryMs(limits)).toISOString();

/**
 * When a run expires. The payload of an offboarding has no `expiresAt`: an event that was delivered late must not have expired,
 * and the same event must give the same payload whenever it is delivered.
 *
 * @param startedAt of the run. ISO 8601
 */
export const expiryOf = (
  { at = '', expiresAt }: { readonly at?: string | undefined; readonly expiresAt?: string | undefined },
  startedAt: string,
  limits: Pick<RunLimits, 'executionTimeoutMs'>,
): string => expiresAt ?? defaultExpiryAfter(Date.parse(at) > Date.parse(startedAt) ? at : startedAt, limits);

/** A run that has begun. */
export type RunIdentity = {
  readonly id: string;
  readonly request: RunRequest;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601. */
  readonly expiresAt: string;
};
