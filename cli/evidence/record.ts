import * as v from 'valibot';

/** A field that says nothing if it is missing, or not what it is today: no record is lost for it. */
export const optional = <Schema extends v.GenericSchema>(schema: Schema) => v.fallback(v.optional(schema), undefined);

/** What the command line reads of an evidence record. */
const recordSchema = v.object({
  message: v.literal('evidence'),
  timestamp: optional(v.string()),
  stack: optional(v.string()),
  idInstance: v.string(),
  requestedAt: v.string(),
  outcome: v.object({ kind: v.string(), confirmed: v.optional(v.boolean(), false), detail: optional(v.string()) }),
  confirmedAt: optional(v.string()),
  requestedBy: optional(v.string()),
  session: optional(v.object({ name: v.string() })),
  email: optional(v.string()),
  person: optional(v.object({ issuer: v.string(), name: optional(v.string()) })),
  reason: optional(v.string()),
  requestId: optional(v.string()),
  function: optional(v.string()),
  attempts: optional(v.number()),
  timeToLogoutMs: optional(v.number()),
  queue: optional(v.object({ cleared: v.boolean() })),
  token: optional(v.object({ kind: v.string() })),
  readings: optional(v.array(v.object({ at: v.string() }))),
  run: optional(
    v.object({
      id: v.string(),
      source: optional(v.string()),
      retryOf: optional(v.string()),
      redrivenBy: optional(v.string()),
      linkedAgain: optional(v.boolean()),
      occurredAt: optional(v.string()),
      occurredAtIs: optional(v.string()),
      actor: optional(
        v.object({ id: optional(v.string()), name: optional(v.string()), claimedBy: optional(v.string()) }),
      ),
      tags: optional(v.object({ owner: optional(v.string()), group: optional(v.string()) })),
    }),
  ),
});

export type EvidenceRecord = Readonly<v.InferOutput<typeof recordSchema>>;

const lineSchema = v.pipe(v.string(), v.parseJson(), recordSchema);

/** Reads one line of a log; `undefined` if it is no evidence record. */
export const parseRecord = (line: string): EvidenceRecord | undefined => {
  const record = v.safeParse(lineSchema, line);
  return record.success ? record.output : undefined;
};
