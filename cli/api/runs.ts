import * as v from 'valibot';
import type { Api, ApiAnswer } from './api.ts';
import { readAnswer } from './problem.ts';

const progressSchema = v.object({
  total: v.number(),
  loggedOut: v.number(),
  failed: v.number(),
  skipped: v.number(),
  pending: v.number(),
  /** Of a dry run: instances that a real run could log out. */
  ready: v.optional(v.number(), 0),
});

const outcomeSchema = v.object({
  idInstance: v.string(),
  kind: v.string(),
  confirmed: v.boolean(),
  confirmedAt: v.optional(v.string()),
  detail: v.optional(v.string()),
  tags: v.optional(v.object({ owner: v.optional(v.string()) })),
});

const runSchema = v.object({
  id: v.string(),
  status: v.string(),
  source: v.optional(v.string()),
  reason: v.optional(v.string()),
  requestedBy: v.optional(v.string()),
  note: v.optional(v.string()),
  watch: v.optional(v.string()),
  phase: v.optional(v.string()),
  nextActionAt: v.optional(v.string()),
  startedAt: v.string(),
  endedAt: v.optional(v.string()),
  progress: progressSchema,
  outcomes: v.array(outcomeSchema),
  request: v.optional(v.looseObject({ dryRun: v.optional(v.boolean()) })),
});

export type RunOutcome = v.InferOutput<typeof outcomeSchema>;
export type Run = v.InferOutput<typeof runSchema>;

export const parseRun = (answer: ApiAnswer): Run => readAnswer(answer, runSchema);

const acceptedSchema = v.object({ id: v.string(), status: v.string() });

export const parseAcceptedRun = (answer: ApiAnswer) => readAnswer(answer, acceptedSchema);

export const readRun = (api: Api, id: string): Promise<ApiAnswer> => api.send('GET', `/forced-logouts/${id}`);

const listedRunSchema = v.object({
  id: v.string(),
  source: v.string(),
  status: v.string(),
  startedAt: v.string(),
  endedAt: v.optional(v.string()),
});

export type ListedRun = v.InferOutput<typeof listedRunSchema>;

const pageSchema = v.object({ runs: v.array(listedRunSchema), next: v.optional(v.string()) });

/** Reads `GET /forced-logouts`, newest first, until there are `limit` runs or no more. */
export const listRuns = async (api: Api, limit: number, status?: string): Promise<readonly ListedRun[]> => {
  const found: ListedRun[] = [];
  let next: string | undefined;
  do {
    const page = readAnswer(await api.send('GET', '/forced-logouts', { query: { status, next } }), pageSchema);
    found.push(...page.runs);
    next = page.next;
  } while (next !== undefined && found.length < limit);
  return found.slice(0, limit);
};

/** The statuses after which nothing follows; every other one, also one that is new, may still change. */
const endedStatuses: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMED_OUT']);

export const hasEnded = ({ status }: Pick<Run, 'status'>): boolean => endedStatuses.has(status);
