import * as v from 'valibot';
import { advice, type StateClass, stateClassOf, tokenAdvice } from '../functions/green-api/vocabulary.ts';
import { isOpen, needsNothing } from '../functions/runs/open-outcome.ts';
import type { RequestedRun } from '../functions/runs/request.ts';
import { isEndStatus } from '../functions/runs/run-status.ts';

/**
 * What the HTTP API answers, as far as its clients read it: the command line and the console. `openapi.yaml` has all of it.
 * A field that is not named here is no error, so that a client can be older than the deployment.
 */

export const instanceSchema = v.object({
  idInstance: v.string(),
  owner: v.optional(v.string()),
  group: v.optional(v.string()),
  name: v.optional(v.string()),
  /** The last six digits of the number, as of enrolment. */
  phone: v.optional(v.string()),
  protected: v.boolean(),
});

export const instancePageSchema = v.object({
  instances: v.pipe(v.array(instanceSchema), v.readonly()),
  /** Secrets that are not understood: somebody's instance may be behind one. Missing: there is none. */
  unreadable: v.optional(v.object({ names: v.pipe(v.array(v.string()), v.readonly()), count: v.number() })),
  next: v.optional(v.string()),
});

export const stateSchema = v.object({ stateInstance: v.nullable(v.string()), readAt: v.string() });

/** A logout that was accepted, and confirmed if the caller waited long enough. */
export const loggedOutSchema = v.object({
  confirmed: v.boolean(),
  confirmedAt: v.optional(v.string()),
  /** How many readings in a row confirmed it. A service of version 0.2 does not say it. */
  readings: v.optional(v.number()),
  alreadyLoggedOut: v.optional(v.boolean()),
  stateInstance: v.optional(v.string()),
  queue: v.optional(v.object({ cleared: v.boolean() })),
  token: v.optional(v.object({ rotated: v.boolean(), oldTokenStillWorks: v.optional(v.boolean()) })),
});

/** What stands behind a confirmation. */
export const describeReadings = (readings: number): string =>
  readings === 1 ? 'by one reading' : `by ${readings} readings in a row`;

const outcomeSchema = v.object({
  idInstance: v.string(),
  kind: v.string(),
  confirmed: v.boolean(),
  confirmedAt: v.optional(v.string()),
  detail: v.optional(v.string()),
  skipReason: v.optional(v.string()),
  token: v.optional(
    v.object({ kind: v.string(), detail: v.optional(v.string()), oldTokenStillWorks: v.optional(v.boolean()) }),
  ),
  tags: v.optional(v.object({ owner: v.optional(v.string()) })),
});

const ids = v.pipe(v.array(v.string()), v.readonly());

const tagTargets = [
  v.object({ group: v.string() }),
  v.object({ owner: v.string() }),
  v.object({ all: v.literal(true) }),
] as const;

const targetSchema = v.union([...tagTargets, v.object({ instances: ids })]);

const listedTargetSchema = v.union([...tagTargets, v.object({ instances: v.number() })]);

const requestEntries = {
  maxTargets: v.exactOptional(v.number()),
  clearQueue: v.exactOptional(v.boolean()),
  rotateToken: v.exactOptional(v.boolean()),
  dryRun: v.exactOptional(v.boolean()),
  watchDays: v.exactOptional(v.number()),
  except: v.exactOptional(ids),
} satisfies Record<Exclude<keyof RequestedRun<'console'>, 'reason' | 'target' | 'at'>, v.GenericSchema>;

/**
 * What of the request of a run may be sent again for another run: no instants. A retry takes part of its target, so its request
 * would log out more than it did.
 */
export const repeatableRequestSchema = v.object({
  target: targetSchema,
  ...requestEntries,
  only: v.exactOptional(v.never()),
});

/** The request that started a run, without its reason. */
const requestSchema = v.looseObject({
  ...requestEntries,
  at: v.exactOptional(v.string()),
  /** `undefined` if it is of a kind that this client does not know. */
  target: v.fallback(v.optional(targetSchema), undefined),
});

const progressSchema = v.object({
  total: v.number(),
  loggedOut: v.number(),
  failed: v.number(),
  skipped: v.number(),
  pending: v.number(),
  /** Of a dry run: instances that a real run could log out. */
  ready: v.optional(v.number(), 0),
});

export const runSchema = v.object({
  id: v.string(),
  status: v.string(),
  source: v.optional(v.string()),
  reason: v.string(),
  requestedBy: v.string(),
  note: v.optional(v.string()),
  startedAt: v.string(),
  endedAt: v.optional(v.string()),
  phase: v.optional(v.string()),
  nextActionAt: v.optional(v.string()),
  /** Id of the earlier run that this one is a retry of. */
  retryOf: v.optional(v.string()),
  /** Id of the watch that follows the run. */
  watch: v.optional(v.string()),
  request: v.optional(requestSchema),
  progress: progressSchema,
  outcomes: v.array(outcomeSchema),
});

const listedRunSchema = v.object({
  id: v.string(),
  source: v.string(),
  status: v.string(),
  startedAt: v.string(),
  endedAt: v.optional(v.string()),
  /** A list of ids as its number. `undefined`: an older deployment, it could not be read, or a kind that this client does not know. */
  target: v.fallback(v.optional(listedTargetSchema), undefined),
  reason: v.optional(v.string()),
  dryRun: v.optional(v.boolean()),
  requestedBy: v.optional(v.string()),
  retryOf: v.optional(v.string()),
  /** Of a run that ended by itself. */
  progress: v.optional(progressSchema),
});

export const runPageSchema = v.object({ runs: v.array(listedRunSchema), next: v.optional(v.string()) });

/** A run that was started, or a run or watch that was stopped. */
export const acceptedRunSchema = v.object({ id: v.string(), status: v.string() });

export const watchSchema = v.object({
  id: v.string(),
  status: v.string(),
  run: v.string(),
  reason: v.optional(v.string()),
  requestedBy: v.optional(v.string()),
  note: v.optional(v.string()),
  startedAt: v.string(),
  endedAt: v.optional(v.string()),
  until: v.string(),
  nextActionAt: v.optional(v.string()),
  progress: v.object({ total: v.number(), linkedAgain: v.number(), released: v.number(), unread: v.number() }),
  outcomes: v.array(
    v.object({ idInstance: v.string(), kind: v.string(), at: v.optional(v.string()), reason: v.optional(v.string()) }),
  ),
});

export type Instance = v.InferOutput<typeof instanceSchema>;
export type InstanceState = v.InferOutput<typeof stateSchema>;
export type LoggedOut = v.InferOutput<typeof loggedOutSchema>;
export type Outcome = v.InferOutput<typeof outcomeSchema>;
export type Run = v.InferOutput<typeof runSchema>;
export type AcceptedRun = v.InferOutput<typeof acceptedRunSchema>;
export type RunPage = v.InferOutput<typeof runPageSchema>;
/** Watches instances after a run, in case somebody links one again. */
export type Watch = v.InferOutput<typeof watchSchema>;
export type ListedRun = v.InferOutput<typeof listedRunSchema>;

export const hasEnded = ({ status }: { readonly status: string }): boolean => isEndStatus(status);

const lessUrgent = ['pending', 'skipped'];

/** Those first that need somebody. */
export const sortOutcomes = (outcomes: readonly Outcome[]): readonly Outcome[] => {
  const rankOf = (outcome: Outcome): number => (needsNothing(outcome) ? 2 : lessUrgent.indexOf(outcome.kind));
  return outcomes.toSorted((a, b) => rankOf(a) - rankOf(b));
};

/** Whether the service would try a run again: it has ended, and not everything that its request wants is confirmed. */
export const mayRetry = (run: Run): boolean =>
  hasEnded(run) && (run.status !== 'SUCCEEDED' || run.progress.total === 0 || run.outcomes.some(isOpen));

const adviceOnOutcomes: Readonly<Record<string, string>> = {
  ...advice,
  unconfirmed: 'The session may still be open.',
  'not-attempted': 'The run ended before it came to this instance.',
  protected: 'Runs leave a protected instance alone. To log it out, name its id in a single logout.',
};

/** What to do about the outcome of an instance, besides trying again; `undefined` if there is nothing to say. */
export const adviceOn = ({ kind, skipReason, token }: Outcome): string | undefined => {
  if (token?.kind === 'not-rotated' || token?.kind === 'token-lost') return tokenAdvice[token.kind];
  return adviceOnOutcomes[skipReason ?? kind];
};

const stateWords = {
  out: 'logged out',
  linked: 'linked',
  linking: 'being linked',
  starting: 'starting',
  banned: 'banned',
  unknown: 'unknown',
} as const satisfies Record<StateClass, string>;

/** Whether a state says that no session is open. */
export const isLoggedOut = ({ stateInstance }: Pick<InstanceState, 'stateInstance'>): boolean =>
  stateClassOf(stateInstance) === 'out';

/** A state in our own words. */
export const stateWordsOf = ({ stateInstance }: Pick<InstanceState, 'stateInstance'>): string =>
  stateWords[stateClassOf(stateInstance)];

/** A state in words, with GREEN-API's own word beside it. A new instance has `null`. */
export const describeState = ({ stateInstance }: Pick<InstanceState, 'stateInstance'>): string =>
  `${stateWordsOf({ stateInstance })} (${stateInstance})`;

/** What there is to say about the outcome of an instance, besides its kind; may be empty. */
export const describeOutcome = ({ detail, skipReason, token }: Outcome): string =>
  [
    detail ?? skipReason,
    token && `token: ${token.kind}`,
    token?.oldTokenStillWorks && 'the old token still works',
    token?.detail,
  ]
    .filter(Boolean)
    .join('. ');

const describeToken = ({ rotated, oldTokenStillWorks }: NonNullable<LoggedOut['token']>): string => {
  if (!rotated) return 'token not rotated';
  return oldTokenStillWorks ? 'token rotated, but the old one still works for now' : 'token rotated';
};

/** What stands behind a confirmed logout, and what was done besides. */
export const describeConfirmation = ({ readings, queue, token }: LoggedOut): readonly string[] => [
  ...(readings === undefined ? [] : [describeReadings(readings)]),
  ...(queue ? [queue.cleared ? 'queue cleared' : 'queue not cleared'] : []),
  ...(token ? [describeToken(token)] : []),
];
