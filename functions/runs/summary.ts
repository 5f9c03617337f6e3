import * as v from 'valibot';
import { instanceIdSchema } from '../instances/instance-id.ts';
import { parseJsonAs } from '../platform/unknown-values.ts';
import { byId, type Outcome, outcomeEntries, type RunResults } from './outcome.ts';

/**
 * The results of a run as its execution keeps them, in its result or in the data of its error. The outcomes are in groups that
 * share everything but the id and the instant, because 3,000 single outcomes do not fit into what Lambda keeps.
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

/** Longest result or error of an execution that Lambda keeps. */
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
  note: v.exactOptional(v.string()),
});

const ungroup = ({ instances, detail, ...shared }: v.InferOutput<typeof summarySchema>['outcomes'][number]) =>
  instances.map(([idInstance, confirmedAt]) => ({
    idInstance,
    ...shared,
    ...(confirmedAt !== undefined && { confirmedAt }),
    ...(detail !== undefined && { detail: detail.replaceAll(placeholder, idInstance) }),
  }));

/** Reads the result, or the data of the error, of a run that has ended; `undefined`: it is no summary. */
export const parseSummary = (text: string | undefined): (RunResults & Pick<Summary, 'note'>) | undefined => {
  const summary = parseJsonAs(summarySchema, text);
  if (summary === undefined) return undefined;
  return { ...summary, outcomes: summary.outcomes.flatMap(ungroup).toSorted(byId) as Outcome[] };
};
