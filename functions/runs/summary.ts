import * as v from 'valibot';
import { instanceIdSchema } from '../green-api/instance-id.ts';
import { defined } from '../platform/defined.ts';
import { parseJsonAs } from '../platform/unknown-values.ts';
import { byId, type Outcome, outcomeEntries, progressSchema, type RunResults, shownTags } from './outcome.ts';

/**
 * The results of a run as its execution keeps them, in its result or in the data of its error. The outcomes are in groups that
 * share everything but the id, the instant and the tags, because 3,000 single outcomes do not fit into what Lambda keeps.
 */
export type Summary = {
  readonly progress: RunResults['progress'];
  readonly outcomes: readonly OutcomeGroup[];
  /** For people: what to know about the run as a whole. */
  readonly note?: string;
  readonly watch?: string;
};

type OutcomeGroup = Omit<Outcome, 'idInstance' | 'confirmedAt' | 'tags'> & {
  /** Each an id, when it was confirmed, its owner and its group; unknown ones are empty, or left out at the end. */
  readonly instances: readonly (readonly string[])[];
};

/** Longest result or error of an execution that Lambda keeps. */
export const longestSummaryBytes = 256 * 1_024;

const placeholder = '{idInstance}';

const rowOf = ({ idInstance, confirmedAt = '', tags: { owner = '', group = '' } = {} }: Outcome): readonly string[] => {
  const row = [idInstance, confirmedAt, owner, group];
  return row.slice(0, row.findLastIndex((field) => field !== '') + 1);
};

const inGroups = (outcomes: readonly Outcome[]): readonly OutcomeGroup[] => {
  const groups = new Map<string, OutcomeGroup & { readonly instances: (readonly string[])[] }>();
  for (const outcome of outcomes) {
    const { idInstance, confirmedAt: _, tags: __, detail, ...rest } = outcome;
    const shared = defined({ ...rest, detail: detail?.replaceAll(idInstance, placeholder) });
    const key = JSON.stringify(shared);
    const group = groups.get(key) ?? { ...shared, instances: [] };
    group.instances.push(rowOf(outcome));
    groups.set(key, group);
  }
  return [...groups.values()];
};

const withoutTags = ({ tags: _, ...outcome }: Outcome): Outcome => outcome;

type Remarks = Pick<Summary, 'note' | 'watch'>;

const withNote = (remarks: Remarks, note: string): Remarks => ({
  ...remarks,
  note: remarks.note === undefined ? note : `${remarks.note}; ${note}`,
});

const fits = (summary: Summary): boolean => Buffer.byteLength(JSON.stringify(summary)) <= longestSummaryBytes;

/** What does not fit into a summary is left out: first the tags, then every outcome. The evidence has both. */
export const summarize = ({ progress, outcomes }: RunResults, remarks: Remarks = {}): Summary => {
  const whole = { progress, outcomes: inGroups(outcomes), ...remarks };
  if (fits(whole)) return whole;
  const untagged = {
    progress,
    outcomes: inGroups(outcomes.map(withoutTags)),
    ...withNote(remarks, 'the tags are too long for this answer: see the evidence'),
  };
  if (fits(untagged)) return untagged;
  return { progress, outcomes: [], ...withNote(remarks, 'too many different outcomes: see the evidence') };
};

const summarySchema = v.object({
  progress: progressSchema,
  outcomes: v.array(
    v.object({ ...outcomeEntries, instances: v.array(v.tupleWithRest([instanceIdSchema], v.string())) }),
  ),
  note: v.exactOptional(v.string()),
  watch: v.exactOptional(v.string()),
});

const ungroup = ({ instances, detail, ...shared }: v.InferOutput<typeof summarySchema>['outcomes'][number]) =>
  instances.map(([idInstance, confirmedAt, owner, group]) =>
    defined({
      idInstance,
      ...shared,
      confirmedAt: confirmedAt || undefined,
      detail: detail?.replaceAll(placeholder, idInstance),
      ...shownTags({ owner: owner || undefined, group: group || undefined }),
    }),
  );

/** Reads the result, or the data of the error, of a run that has ended; `undefined`: it is no summary. */
export const parseSummary = (text: string | undefined): (RunResults & Remarks) | undefined => {
  const summary = parseJsonAs(summarySchema, text);
  if (summary === undefined) return undefined;
  return { ...summary, outcomes: summary.outcomes.flatMap(ungroup).toSorted(byId) };
};

/** Reads only the counts of a summary: its outcomes may be thousands. */
export const parseProgress = (text: string | undefined): RunResults['progress'] | undefined =>
  parseJsonAs(v.object({ progress: progressSchema }), text)?.progress;
