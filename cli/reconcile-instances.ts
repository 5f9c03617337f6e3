import * as v from 'valibot';
import type { Instance } from '../client/answers.ts';
import { countOf } from '../client/count-of.ts';
import { type InstanceId, instanceIdRule, parseInstanceId } from '../functions/green-api/instance-id.ts';
import { inParallel } from '../functions/platform/in-parallel.ts';
import { parseJson } from '../functions/platform/unknown-values.ts';
import { type Api, describeFailure, parallelCalls } from './api/api.ts';
import { CommandFailed, UsageError } from './errors.ts';
import { readPlainList, readTable } from './input/csv.ts';
import { shortenedBySpreadsheet } from './input/options.ts';
import { formatInstances } from './output/instances.ts';
import type { Session } from './session.ts';

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
      `${name} holds an error of GREEN-API (code ${value.code}) instead of a list: check the partner token.`,
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
  const ids = readPlainList(text, (cell) => /^idInstance$/i.test(cell));
  if (ids !== undefined) return ids.map((idInstance) => ({ idInstance, isDeleted: false }));
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
export const readInstanceList = (name: string, text: string) => {
  const value = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (value === undefined && /^\s*[[{]/.test(text))
    throw new UsageError(`${name} begins like JSON, but cannot be parsed.`);
  const entries = value === undefined ? readLines(name, text) : readJson(name, value);
  if (entries.length === 0) throw new UsageError(`${name} contains no instance.`);
  const ids = entries.map(({ idInstance, isDeleted }, index) => ({
    id: checkId(name, index + 1, idInstance),
    isDeleted,
  }));
  const idsThat = (isDeleted: boolean) =>
    new Set(ids.filter((entry) => entry.isDeleted === isDeleted).map(({ id }) => id));
  // GREEN-API lists deleted ones for three months. https://green-api.com/en/docs/partners/getInstances/
  return { existing: idsThat(false), deleted: idsThat(true) };
};

/** The state is read with the secret itself, which the list may leave out. @throws CommandFailed */
const hasSecret = async (api: Api, idInstance: string): Promise<boolean> => {
  const reading = await api.readState(idInstance);
  if (reading.kind === 'ok' || reading.kind === 'not-understood') return true;
  if (reading.kind === 'not-reached' || !reading.code || reading.code === 'unavailable')
    throw new CommandFailed(describeFailure(reading));
  return reading.code !== 'unknown-instance';
};

/** How the secrets differ from the instances at GREEN-API. */
export const reconcileInstances = async (
  api: Api,
  { existing, deleted }: ReturnType<typeof readInstanceList>,
  instances: readonly Instance[],
) => {
  const enrolled = new Set(instances.map(({ idInstance }) => idInstance));
  const missing = [...existing].filter((id) => !enrolled.has(id));
  const found = await inParallel(parallelCalls, missing, (id) => hasSecret(api, id));
  const isIn = (ids: ReadonlySet<string>) => (instance: Instance) =>
    ids.has(parseInstanceId(instance.idInstance) ?? '');
  return {
    /** They have no secret, so nobody can log them out here. */
    notEnrolled: missing.filter((_, index) => !found[index]),
    /** They have a secret that no list shows, because of its tag `ignore`, or because it is new. */
    unlisted: missing.filter((_, index) => found[index]),
    /** Their secrets name an instance that is deleted at GREEN-API, or not in the file. */
    deleted: instances.filter(isIn(deleted)),
    withoutInstance: instances.filter((instance) => !isIn(existing)(instance) && !isIn(deleted)(instance)),
  };
};

type InstancesReport = Awaited<ReturnType<typeof reconcileInstances>>;

const isAre = (count: number): string => (count === 1 ? 'is' : 'are');

/** Prints the differences, the dangerous one first. */
export const printInstancesReport = async (session: Session, report: InstancesReport): Promise<void> => {
  const { notEnrolled, unlisted, deleted, withoutInstance } = report;
  const sections: string[] = [];
  if (notEnrolled.length > 0)
    sections.push(
      `${countOf(notEnrolled.length, 'instance')} ${isAre(notEnrolled.length)} not enrolled. Without a secret, nobody can log ${notEnrolled.length === 1 ? 'it' : 'them'} out here:`,
      notEnrolled.join('\n'),
      `Enrol each: ${session.commandLine(`enroll ${notEnrolled[0]} --owner ADDRESS`)}`,
    );
  if (unlisted.length > 0)
    sections.push(
      `${countOf(unlisted.length, 'instance')} with a secret ${isAre(unlisted.length)} in no list, because of the tag ignore = true, or because the secret is newer than five minutes. No run for a person or a group includes ${unlisted.length === 1 ? 'it' : 'them'}:`,
      unlisted.join('\n'),
    );
  if (deleted.length > 0)
    sections.push(
      `${countOf(deleted.length, 'instance')} with a secret ${isAre(deleted.length)} deleted at GREEN-API. A deletion logs no device out, and this service no longer can. Unlink the device on the phone, then delete the secret:`,
      await formatInstances(deleted),
    );
  if (withoutInstance.length > 0)
    sections.push(
      `${countOf(withoutInstance.length, 'secret')} without an instance in the file. Delete a secret that is not needed, or add the other account to the file:`,
      await formatInstances(withoutInstance),
    );
  session.print(
    sections.length === 0
      ? 'Every instance in the file is enrolled, and every secret has its instance.'
      : sections.join('\n\n'),
  );
};
