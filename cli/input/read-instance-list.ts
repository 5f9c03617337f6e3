import * as v from 'valibot';
import { type InstanceId, instanceIdRule, parseInstanceId } from '../../functions/green-api/instance-id.ts';
import { parseJson } from '../../functions/platform/unknown-values.ts';
import { UsageError } from '../errors.ts';
import { parseCsv, readTable } from './csv.ts';
import { shortenedBySpreadsheet } from './instance-ids.ts';

/** The instances of an account at GREEN-API. */
export type InstancesAtGreenApi = {
  readonly existing: ReadonlySet<InstanceId>;
  /** GREEN-API lists them for three months. https://green-api.com/en/docs/partners/getInstances/ */
  readonly deleted: ReadonlySet<InstanceId>;
};

type Entry = { readonly idInstance: string; readonly isDeleted: boolean };

const numberOrText = v.union([v.pipe(v.number(), v.safeInteger(), v.transform(String)), v.string()]);

/** Of an instance in the answer of `getInstances` nothing else is read: it has the token and a name too. */
const entrySchema = v.union([
  v.pipe(
    numberOrText,
    v.transform((idInstance): Entry => ({ idInstance, isDeleted: false })),
  ),
  v.pipe(
    v.object({ idInstance: numberOrText, deleted: v.optional(v.boolean(), false) }),
    v.transform(({ idInstance, deleted }): Entry => ({ idInstance, isDeleted: deleted })),
  ),
]);

/** What GREEN-API answers, with HTTP 200, to a partner token that it does not accept. */
const refusalSchema = v.object({ code: v.number() });

const readJson = (name: string, value: unknown): readonly Entry[] => {
  if (v.is(refusalSchema, value))
    throw new UsageError(
      `${name} is an error of GREEN-API (code ${value.code}), and no list: check the partner token.`,
    );
  if (!Array.isArray(value)) throw new UsageError(`${name} must be a JSON array of instances.`);
  return value.map((item: unknown, index) => {
    const entry = v.safeParse(entrySchema, item);
    if (entry.success) return entry.output;
    throw new UsageError(`${name}, entry ${index + 1}: there is no idInstance, as a number or a text.`);
  });
};

/** A list without a head, or the column `idInstance` of a CSV file. */
const readLines = (name: string, text: string): readonly Entry[] => {
  const parsed = parseCsv(text);
  const isPlain = parsed.kind === 'rows' && parsed.rows.every(({ cells }) => cells.length === 1);
  const [first] = parsed.kind === 'rows' ? parsed.rows : [];
  if (isPlain && !/^\s*idInstance\s*$/i.test(first?.cells[0] ?? ''))
    return parsed.rows.map(({ cells: [cell = ''] }) => ({ idInstance: cell.trim(), isDeleted: false }));
  const { columns, rows } = readTable(name, text);
  const column = columns.find((title) => /^idInstance$/i.test(title));
  if (column === undefined)
    throw new UsageError(`${name} needs a column idInstance in its first line, or one id per line and nothing else.`);
  return rows.map(({ values }) => ({
    idInstance: values[column] ?? '',
    isDeleted: /^true$/i.test(values.deleted ?? ''),
  }));
};

/** A text that is no id is quoted only if a spreadsheet has made it of one: else it may be a token. */
const checkId = (name: string, at: number, text: string): InstanceId => {
  const id = parseInstanceId(text);
  if (id !== undefined) return id;
  throw new UsageError(`${name}, instance ${at}: ${shortenedBySpreadsheet(text) ?? `idInstance ${instanceIdRule}`}.`);
};

/**
 * Reads which instances exist at GREEN-API: ids, one per line; a CSV file with the column `idInstance`; a JSON array of ids; or the
 * answer of the partner method `getInstances`.
 *
 * @param name of the file, for errors, which quote nothing of it
 * @throws UsageError
 */
export const readInstanceList = (name: string, text: string): InstancesAtGreenApi => {
  const value = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (value === undefined && /^\s*[[{]/.test(text)) throw new UsageError(`${name} begins like JSON, and is none.`);
  const entries = value === undefined ? readLines(name, text) : readJson(name, value);
  if (entries.length === 0) throw new UsageError(`${name} contains no instance.`);
  const ids = entries.map(({ idInstance, isDeleted }, index) => ({
    id: checkId(name, index + 1, idInstance),
    isDeleted,
  }));
  const idsThat = (isDeleted: boolean) =>
    new Set(ids.filter((entry) => entry.isDeleted === isDeleted).map(({ id }) => id));
  return { existing: idsThat(false), deleted: idsThat(true) };
};
