import * as v from 'valibot';

/** What the command line reads of an evidence record; the record itself is kept whole in `all`. */
const recordSchema = v.object({
  message: v.literal('evidence'),
  idInstance: v.string(),
  requestedAt: v.string(),
  confirmedAt: v.optional(v.string()),
  requestedBy: v.optional(v.string()),
  session: v.optional(v.string()),
  reason: v.optional(v.string()),
  requestId: v.optional(v.string()),
  function: v.optional(v.string()),
  attempts: v.optional(v.number()),
  timeToLogoutMs: v.optional(v.number()),
  outcome: v.object({ kind: v.string(), confirmed: v.boolean(), detail: v.optional(v.string()) }),
  run: v.optional(
    v.object({
      id: v.string(),
      source: v.optional(v.string()),
      tags: v.optional(v.object({ owner: v.optional(v.string()), group: v.optional(v.string()) })),
    }),
  ),
});

export type EvidenceRecord = v.InferOutput<typeof recordSchema> & { readonly all: Readonly<Record<string, unknown>> };

const lineSchema = v.pipe(v.string(), v.parseJson(), v.looseObject({}));

/** Reads one line of a log; `undefined` if it is no evidence record. */
export const parseRecord = (line: string): EvidenceRecord | undefined => {
  const all = v.safeParse(lineSchema, line);
  if (!all.success) return undefined;
  const record = v.safeParse(recordSchema, all.output);
  return record.success ? { ...record.output, all: all.output } : undefined;
};
