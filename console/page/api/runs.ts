import * as v from 'valibot';
import { callApi, type Result } from './call.ts';

const targetSchema = v.union([
  v.object({ group: v.string() }),
  v.object({ owner: v.string() }),
  v.object({ all: v.literal(true) }),
  v.object({ instances: v.array(v.string()) }),
]);

/** What a run was asked to do, besides the reason. */
const requestSchema = v.object({
  target: targetSchema,
  maxTargets: v.optional(v.number()),
  clearQueue: v.optional(v.boolean()),
  rotateToken: v.optional(v.boolean()),
  dryRun: v.optional(v.boolean()),
  watchDays: v.optional(v.number()),
  except: v.optional(v.array(v.string())),
});

const outcomeSchema = v.object({
  idInstance: v.string(),
  kind: v.string(),
  confirmed: v.boolean(),
  detail: v.optional(v.string()),
  skipReason: v.optional(v.string()),
  token: v.optional(v.object({ kind: v.string(), detail: v.optional(v.string()) })),
  tags: v.optional(v.object({ owner: v.optional(v.string()) })),
});

const progressSchema = v.object({
  total: v.number(),
  loggedOut: v.number(),
  failed: v.number(),
  skipped: v.number(),
  pending: v.number(),
  ready: v.optional(v.number(), 0),
});

const runSchema = v.object({
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
  /** Id of the watch that follows the run. */
  watch: v.optional(v.string()),
  request: v.optional(requestSchema),
  progress: progressSchema,
  outcomes: v.array(outcomeSchema),
});

const listSchema = v.object({
  runs: v.array(
    v.object({
      id: v.string(),
      source: v.string(),
      status: v.string(),
      startedAt: v.string(),
      endedAt: v.optional(v.string()),
    }),
  ),
  next: v.optional(v.string()),
});

const acceptedSchema = v.object({ id: v.string(), status: v.string() });

export type Target = v.InferOutput<typeof targetSchema>;
export type RunRequest = v.InferOutput<typeof requestSchema> & { readonly reason: string };
export type Outcome = v.InferOutput<typeof outcomeSchema>;
export type Run = v.InferOutput<typeof runSchema>;
export type RunPage = v.InferOutput<typeof listSchema>;
export type RunInList = RunPage['runs'][number];
export type AcceptedRun = v.InferOutput<typeof acceptedSchema>;

const endedStatuses: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMED_OUT']);

/** AWS adds statuses; any other than these is of a run that goes on. */
export const hasEnded = ({ status }: { readonly status: string }): boolean => endedStatuses.has(status);

const queryOf = (parameters: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

export const listRuns = (
  { status, next }: { readonly status?: string; readonly next?: string | undefined },
  signal?: AbortSignal,
): Promise<Result<RunPage>> => callApi(listSchema, `/forced-logouts${queryOf({ status, next })}`, { signal });

export const readRun = (id: string, signal: AbortSignal): Promise<Result<Run>> =>
  callApi(runSchema, `/forced-logouts/${id}`, { signal });

/** @param key the same for a request that is sent again, so that it starts one run only */
export const startRun = (body: RunRequest, key: string): Promise<Result<AcceptedRun>> =>
  callApi(acceptedSchema, '/forced-logouts', { method: 'POST', headers: { 'idempotency-key': key }, body });

export const stopRun = (id: string): Promise<Result<AcceptedRun>> =>
  callApi(acceptedSchema, `/forced-logouts/${id}`, { method: 'DELETE' });

/** A target in words. */
export const describeTarget = (target: Target): string => {
  if ('group' in target) return `group ${target.group}`;
  if ('owner' in target) return `owner ${target.owner}`;
  if ('all' in target) return 'all instances';
  return target.instances.length === 1 ? `instance ${target.instances[0]}` : `${target.instances.length} instances`;
};
