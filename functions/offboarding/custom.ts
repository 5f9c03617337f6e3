import * as v from 'valibot';
import { isDate, isRealDate } from '../platform/wall-clock.ts';
import { instant, runFields } from '../runs/request.ts';
import {
  account,
  type Dialect,
  type Invalid,
  identity,
  type LeaverReport,
  type ParseEvent,
  parseEventFields,
  word,
} from './dialect.ts';

const detailType = 'Employee Offboarded';

const recognised = v.object({ 'detail-type': v.literal(detailType) });

// The forms in which HR systems write the fields of a report.

/** ISO 8601 allows an offset without colon, and without minutes: `+0000`, `+00`. */
const withColon = (text: string): string =>
  text.replace(/(T[\d:.]+[+-]\d\d)(?::?(\d\d))?$/, (_, start, minutes = '00') => `${start}:${minutes}`);

/** An instant with its offset, or a date, whose time zone the configuration has. */
const instantOrDate = v.lazy((value) =>
  typeof value === 'string' && isDate(value)
    ? v.pipe(v.string(), v.check(isRealDate, 'must be a date that exists'))
    : v.pipe(v.string('must be an instant'), v.transform(withColon), instant),
);

/** An id or identity: a text, or a number, which stands for its digits. JSON's numbers with more digits are not exact. */
const wordOrNumber = v.pipe(
  v.union(
    [v.string(), v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999_999_999_999_999), v.transform(String))],
    'must be a string, or a whole number of at most 15 digits',
  ),
  word,
);

export const detailEntries = {
  owner: v.nullish(v.pipe(wordOrNumber, identity)),
  email: v.nullish(v.pipe(identity, v.regex(/^[^@]+@[^@]+$/, 'must be an e-mail address'))),
  reason: v.nullish(runFields.reason, 'offboarded'),
  effectiveAt: v.nullish(instantOrDate),
  occurredAt: v.nullish(instantOrDate),
  id: v.nullish(wordOrNumber),
  dryRun: v.nullish(v.boolean('must be true or false')),
  watchDays: v.nullish(v.unwrap(runFields.watchDays)),
};

const detailSchema = v.pipe(
  // Strict: with a misspelt `effectiveAt` somebody would be logged out too early.
  v.strictObject(detailEntries),
  v.transform(({ owner, email, ...rest }) => ({ ...rest, person: [owner ?? [], email ?? []].flat() })),
  v.check(({ person }) => person.length === 1, 'must name the person by owner or by email, and not by both'),
);

const schema = v.object({ source: word, id: word, time: instant, account, detail: detailSchema });

/**
 * Parses `detail: { owner | email, reason?, effectiveAt?, occurredAt?, id?, dryRun?, watchDays? }`. With `detail.id`, the same id,
 * person and `effectiveAt` are one run. Without it the id of the event is used, so the same detail put on the bus again is another run.
 */
export const parseCustom: ParseEvent<LeaverReport | Invalid> = (event) => {
  if (!v.is(recognised, event)) return undefined;

  const parsed = parseEventFields(schema, event);
  if (parsed.kind === 'invalid') return parsed;
  const { source, time, id, account, detail } = parsed.fields;
  return {
    kind: 'report',
    people: [detail.person],
    reason: detail.reason,
    source,
    id: detail.id ?? id,
    occurredAt: detail.occurredAt ?? time,
    occurredAtFrom: detail.occurredAt ? 'detail.occurredAt' : 'time',
    account,
    ...(detail.effectiveAt && { at: detail.effectiveAt }),
    ...(detail.dryRun && { dryRun: true }),
    ...(detail.watchDays && { watchDays: detail.watchDays }),
  };
};

/** Our own event, for any system that can put events on the stack's bus. */
export const custom = {
  /** Whatever its source. */
  pattern: { 'detail-type': [detailType] },
  bus: 'own',
  parse: parseCustom,
  refreshedDetail: (_now, id) => ({ id }),
} as const satisfies Dialect;
