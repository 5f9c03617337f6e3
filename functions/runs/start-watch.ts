import { hash } from 'node:crypto';
import * as v from 'valibot';
import { instanceIdSchema } from '../green-api/instance-id.ts';
import type { ExecutionStart } from './lambda/start-run.ts';
import type { Outcome, OutcomeTags } from './outcome.ts';
import { instant, type RunIdentity, runRequestSchema } from './request.ts';
import { keptText } from './target-state.ts';

/** The name of a watch: of its execution, and its `id` in the API. */
export type WatchName = string & { readonly __brand: 'WatchName' };

/** A run has at most one watch, whose name follows from the run's. */
export const watchNameOf = (run: string): WatchName => `watch-${hash('sha256', run).slice(0, 40)}` as WatchName;

/** Parses the id of a watch; `undefined` if it has another form. */
export const parseWatchName = (value: unknown): WatchName | undefined =>
  typeof value === 'string' && /^watch-[0-9a-f]{40}$/.test(value) ? (value as WatchName) : undefined;

/** Tells whether the owner or the group of an instance has changed. 3,000 pairs of tags would not fit into one payload. */
export const digestOf = ({ owner = '', group = '' }: OutcomeTags): string =>
  hash('sha256', JSON.stringify([keptText(owner), keptText(group)])).slice(0, 12);

/** What a watch takes from the request of its run. */
const requestedSchema = v.object(
  v.pick(runRequestSchema, ['requestedBy', 'session', 'email', 'person', 'reason', 'source']).entries,
);

export const watchRequestSchema = v.strictObject({
  run: v.string(),
  ...requestedSchema.entries,
  until: instant,
  /** The watched instances, each with the digest of its owner and group. */
  instances: v.array(v.tuple([instanceIdSchema, v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/))])),
});

export type WatchRequest = Readonly<v.InferOutput<typeof watchRequestSchema>>;

export type StartWatchExecution = (name: WatchName, request: WatchRequest) => Promise<ExecutionStart<WatchName>>;

export type StartWatchDependencies = {
  readonly startWatchExecution: StartWatchExecution;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
};

export type StartedWatch = { readonly watch: WatchName } | { readonly problem: string };

const dayMs = 24 * 60 * 60 * 1_000;
const retryWaitsMs = [1_000, 5_000, 20_000];

const watchRequestOf = (run: RunIdentity, confirmed: readonly Outcome[], now: Date): WatchRequest => ({
  run: run.id,
  ...v.parse(requestedSchema, run.request),
  until: new Date(now.getTime() + (run.request.watchDays ?? 0) * dayMs).toISOString(),
  instances: confirmed.map(({ idInstance, tags = {} }) => [idInstance, digestOf(tags)]),
});

/** Starts a watch over the confirmed instances of a run. Never rejects: a failure to start it changes no outcome, and the note of the run reports it. */
export const createStartWatch =
  ({ startWatchExecution, now, sleep }: StartWatchDependencies) =>
  async (run: RunIdentity, confirmed: readonly Outcome[]): Promise<StartedWatch> => {
    const name = watchNameOf(run.id);
    const request = watchRequestOf(run, confirmed, now());
    for (let attempt = 0; ; attempt += 1) {
      const start = await startWatchExecution(name, request);
      // An earlier attempt of this step, whose process died, may have started it with another end.
      if (start.kind === 'started' || start.kind === 'other-payload') return { watch: name };
      const waitMs = retryWaitsMs[attempt];
      if (start.kind === 'denied' || waitMs === undefined) return { problem: start.detail };
      await sleep(waitMs);
    }
  };
