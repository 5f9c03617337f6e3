import * as v from 'valibot';
import { instanceIdSchema } from '../instances/instance-id-schema.ts';
import { byId, type Outcome, type Standing } from './outcome.ts';
import { outcomeEntries } from './outcome-schema.ts';
import { parseJsonText } from './parse-json-text.ts';

/**
 * What a run leaves as its result or as the data of its error: its standing, with the outcomes in groups that share all
 * but the id and the instant, because 3,000 outcomes one by one do not fit into what Lambda keeps.
 */
export type Summary = {
  readonly progress: Standing['progress'];
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

export const summarize = ({ progress, outcomes }: Standing, note?: string): Summary => {
  const groups = new Map<string, OutcomeGroup & { readonly instances: string[][] }>();
  for (const { idInstance, confirmedAt, reason, ...rest } of outcomes) {
    const shared = { ...rest, ...(reason !== undefined && { reason: reason.replaceAll(idInstance, placeholder) }) };
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

const ungroup = ({ instances, reason, ...shared }: v.InferOutput<typeof summarySchema>['outcomes'][number]) =>
  instances.map(([idInstance, confirmedAt]) => ({
    idInstance,
    ...shared,
    ...(confirmedAt !== undefined && { confirmedAt }),
    ...(reason !== undefined && { reason: reason.replaceAll(placeholder, idInstance) }),
  }));

/** Reads the result, or the data of the error, of a run that has ended; `undefined`: it ended some other way. */
export const parseSummary = (text: string | undefined): (Standing & Pick<Summary, 'note'>) | undefined => {
  const summary = parseJsonText(summarySchema, text);
  if (summary === undefined) return undefined;
  const outcomes = summary.outcomes.flatMap(ungroup).toSorted(byId);
  return {
    progress: summary.progress,
    outcomes: outcomes as Outcome[],
    ...(summary.note !== undefined && { note: summary.note }),
  };
};
