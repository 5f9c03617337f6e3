import * as v from 'valibot';
import { acceptedRunSchema, runPageSchema, runSchema } from '../../../client/answers.ts';
import type { RequestedRun } from '../../../functions/runs/request.ts';
import { callApi, type Result } from './call.ts';

const targetSchema = v.union([
  v.object({ group: v.string() }),
  v.object({ owner: v.string() }),
  v.object({ all: v.literal(true) }),
  v.object({ instances: v.array(v.string()) }),
]);

/** The request that started a run, without its reason. */
const requestSchema = v.object({
  target: targetSchema,
  maxTargets: v.exactOptional(v.number()),
  clearQueue: v.exactOptional(v.boolean()),
  rotateToken: v.exactOptional(v.boolean()),
  dryRun: v.exactOptional(v.boolean()),
  watchDays: v.exactOptional(v.number()),
  except: v.exactOptional(v.array(v.string())),
} satisfies Record<Exclude<keyof RunRequest, 'reason'>, v.GenericSchema>);

const runWithRequestSchema = v.object({ ...runSchema.entries, request: v.optional(requestSchema) });

/** What the page sends to start a run. */
export type RunRequest = RequestedRun<'console'>;
type Target = RunRequest['target'];
export type Run = v.InferOutput<typeof runWithRequestSchema>;
export type RunPage = v.InferOutput<typeof runPageSchema>;
export type AcceptedRun = v.InferOutput<typeof acceptedRunSchema>;

const queryOf = (parameters: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

export const listRuns = (
  { status, next }: { readonly status?: string; readonly next?: string | undefined },
  signal?: AbortSignal,
): Promise<Result<RunPage>> => callApi(runPageSchema, `/forced-logouts${queryOf({ status, next })}`, { signal });

export const readRun = (id: string, signal: AbortSignal): Promise<Result<Run>> =>
  callApi(runWithRequestSchema, `/forced-logouts/${id}`, { signal });

/** @param key the same for a request that is sent again, so that it starts one run only */
export const startRun = (body: RunRequest, key: string): Promise<Result<AcceptedRun>> =>
  callApi(acceptedRunSchema, '/forced-logouts', { method: 'POST', headers: { 'idempotency-key': key }, body });

export const stopRun = (id: string): Promise<Result<AcceptedRun>> =>
  callApi(acceptedRunSchema, `/forced-logouts/${id}`, { method: 'DELETE' });

/** A target in words. */
export const describeTarget = (target: Target): string => {
  if ('group' in target) return `group ${target.group}`;
  if ('owner' in target) return `owner ${target.owner}`;
  if ('all' in target) return 'all instances';
  return target.instances.length === 1 ? `instance ${target.instances[0]}` : `${target.instances.length} instances`;
};
