import * as v from 'valibot';
import { instant, requestEntries } from '../runs/request.ts';
import type { EventPattern, ParseEvent } from './dialect.ts';
import { parseFields, word } from './dialect.ts';

const detailType = 'Employee Offboarded';

/** Our own event, for any system that can put one on the bus; its source is free. */
export const customPattern = { 'detail-type': [detailType] } as const satisfies EventPattern;

const recognised = v.object({ 'detail-type': v.literal(detailType) });

const detailSchema = v.pipe(
  // Strict: with a misspelt `effectiveAt` somebody would be logged out too early.
  v.strictObject({
    owner: v.nullish(word),
    email: v.nullish(v.pipe(word, v.regex(/^[^@]+@[^@]+$/, 'must be an e-mail address'))),
    reason: v.nullish(requestEntries.reason, 'offboarded'),
    effectiveAt: v.nullish(instant),
    id: v.nullish(word),
    dryRun: v.nullish(v.boolean('must be true or false')),
  }),
  v.transform(({ owner, email, ...rest }) => ({ ...rest, person: [owner ?? [], email ?? []].flat() })),
  v.check(({ person }) => person.length === 1, 'must name the person by owner or by email, and not by both'),
);

const schema = v.object({ source: word, id: word, time: instant, detail: detailSchema });

/**
 * Reads `detail: { owner | email, reason?, effectiveAt?, id?, dryRun? }`. Without `detail.id` the event's own id stands in, so an
 * event that is put on the bus once more is another one; with it, the same id, person and `effectiveAt` are one run.
 */
export const parseCustom: ParseEvent = (event) => {
  if (!v.is(recognised, event)) return undefined;

  const parsed = parseFields(schema, event);
  if (parsed.kind === 'broken') return parsed;
  const { source, time, id, detail } = parsed.fields;
  return {
    kind: 'left',
    people: [detail.person],
    reason: detail.reason,
    source,
    id: detail.id ?? id,
    occurredAt: time,
    ...(detail.effectiveAt && { at: detail.effectiveAt }),
    ...(detail.dryRun && { dryRun: true }),
  };
};
