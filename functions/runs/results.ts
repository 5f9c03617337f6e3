import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../instances/instance-id.ts';
import {
  byId,
  type Outcome,
  outcomeEntries,
  outcomeSchema,
  pendingOutcome,
  type RunResults,
  resultsOf,
  skippedOutcome,
} from './outcome.ts';

/** Reads what an execution keeps as a text; `undefined`: it is something else. */
export const parseJsonText = <Schema extends v.GenericSchema>(
  schema: Schema,
  text: string | undefined,
): v.InferOutput<Schema> | undefined => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  return parsed.success ? parsed.output : undefined;
};

/**
 * The operations of a run, in their order; its history reads as this story. Waits: until `at`, for tags that may lag, and
 * one after each round. `resolve` is retried as long as Secrets Manager cannot be asked.
 */
export const operationNames = {
  start: 'start',
  waitForAt: 'wait-for-at',
  resolve: 'resolve',
  waitForTags: 'wait-for-late-tags',
  resolveAgain: 'resolve-again',
  round: (round: number, batch: number) => `round-${round}-batch-${batch}`,
  rest: (round: number, batch: number) => `rest-after-round-${round}-batch-${batch}`,
  waitAfterRound: (round: number) => `wait-after-round-${round}`,
} as const;

/** A step of a run that has succeeded, as the history of its execution tells it. */
export type FinishedStep = {
  readonly name: string;
  /** The result of the step: JSON as a text. */
  readonly payload: string | undefined;
};

const ids = v.array(instanceIdSchema);

/** What `resolve` and `resolve-again` leave: who is to be logged out, and who is left alone and why. */
const resolvedSchema = v.object({
  kind: v.literal('resolved'),
  targets: ids,
  excepted: ids,
  protected: ids,
  /** Protected instances that are too many to be named. */
  unlisted: v.number(),
});

/** What each batch of a round leaves: the instances it handled, as they are now. */
const roundSchema = v.object({ round: v.number(), targetStates: v.array(outcomeSchema) });

export type Resolved = v.InferOutput<typeof resolvedSchema>;

export const skippedAtOnce = (resolved: Resolved): readonly Outcome[] => [
  ...resolved.excepted.map((id) => skippedOutcome(id, 'excepted')),
  ...resolved.protected.map((id) => skippedOutcome(id, 'protected')),
];

/** What a run has come to, out of its steps in any order: of each instance, the newest round counts. */
export const resultsFromSteps = (steps: readonly FinishedStep[]): RunResults => {
  const payloadsOf = (pattern: RegExp) => steps.filter(({ name }) => pattern.test(name)).map(({ payload }) => payload);
  const resolutions = payloadsOf(/^resolve(?:-again)?$/).flatMap((text) => parseJsonText(resolvedSchema, text) ?? []);
  const rounds = payloadsOf(/^round-/).flatMap((text) => parseJsonText(roundSchema, text) ?? []);

  const newest = new Map<InstanceId, Outcome>();
  for (const resolved of resolutions) {
    for (const id of resolved.targets) newest.set(id, pendingOutcome(id));
    for (const outcome of skippedAtOnce(resolved)) newest.set(outcome.idInstance, outcome);
  }
  for (const { targetStates } of rounds.toSorted((a, b) => a.round - b.round)) {
    for (const outcome of targetStates) newest.set(outcome.idInstance, outcome);
  }
  const unlisted = Math.max(0, ...resolutions.map((resolved) => resolved.unlisted));
  return resultsOf([...newest.values()].toSorted(byId), unlisted);
};

/**
 * What a run leaves as its result or as the data of its error: its standing, with the outcomes in groups that share all
 * but the id and the instant, because 3,000 outcomes one by one do not fit into what Lambda keeps.
 */
export type Summary = {
  readonly progress: RunResults['progress'];
  readonly outcomes: readonly OutcomeGroup[];
  /** For people: what to know about the run as a whole. */
  readonly note?: string;
};

type OutcomeGroup = Omit<Outcome, 'idInstance' | 'confirmedAt'> & {
  /** Each an id and, if it is confirmed, when. */
  readonly instances: readonly (readonly string[])[];
};

/** Lambda keeps no longer result or error of an execution. */
export const longestSummaryBytes = 256 * 1_024;

const placeholder = '{idInstance}';

export const summarize = ({ progress, outcomes }: RunResults, note?: string): Summary => {
  const groups = new Map<string, OutcomeGroup & { readonly instances: string[][] }>();
  for (const { idInstance, confirmedAt, detail, ...rest } of outcomes) {
    const shared = { ...rest, ...(detail !== undefined && { detail: detail.replaceAll(idInstance, placeholder) }) };
    const key = JSON.stringify(shared);
    const group = groups.get(key) ?? { ...shared, instances: [] };
    group.instances.push(confirmedAt === undefined ? [idInstance] : [idInstance, confirmedAt]);
    groups.set(key, group);
  }
  const summary = { progress, outcomes: [...groups.values()], ...(note !== undefined && { note }) };
  const fits = Buffer.byteLength(JSON.stringify(summary)) <= longestSummaryBytes;
  return fits ? summary : { progress, outcomes: [], note: 'too many different outcomes: see the evidence' };
};

const count = v.number();

const summarySchema = v.object({
  progress: v.object({ total: count, loggedOut: count, failed: count, skipped: count, pending: count }),
  outcomes: v.array(
    v.object({ ...outcomeEntries, instances: v.array(v.tupleWithRest([instanceIdSchema], v.string())) }),
  ),
  note: v.optional(v.string()),
});

const ungroup = ({ instances, detail, ...shared }: v.InferOutput<typeof summarySchema>['outcomes'][number]) =>
  instances.map(([idInstance, confirmedAt]) => ({
    idInstance,
    ...shared,
    ...(confirmedAt !== undefined && { confirmedAt }),
    ...(detail !== undefined && { detail: detail.replaceAll(placeholder, idInstance) }),
  }));

/** Reads the result, or the data of the error, of a run that has ended; `undefined`: it ended some other way. */
export const parseSummary = (text: string | undefined): (RunResults & Pick<Summary, 'note'>) | undefined => {
  const summary = parseJsonText(summarySchema, text);
  if (summary === undefined) return undefined;
  const outcomes = summary.outcomes.flatMap(ungroup).toSorted(byId);
  return {
    progress: summary.progress,
    outcomes: outcomes as Outcome[],
    ...(summary.note !== undefined && { note: summary.note }),
  };
};
