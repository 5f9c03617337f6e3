import { Option } from 'commander';
import type { Instance } from '../../client/answers.ts';
import { canonicalIdentity, parseOwner } from '../../functions/instances/identity.ts';
import { valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { checkColumns, readPlainList, readTable, separatorNames } from '../input/csv.ts';
import { readInput } from '../input/files.ts';
import { collect } from '../input/options.ts';
import { formatInstances, warnOfUnreadable } from '../output/instances.ts';
import { printInstancesReport, readInstanceList, reconcileInstances } from '../reconcile-instances.ts';
import type { Session } from '../session.ts';

/** Everybody who belongs to the company, and how the file was read. */
type Roster = {
  readonly identities: readonly string[];
  /** For messages, e.g. `the column email, separator: comma`. */
  readonly readAs: string;
};

const readColumns = (name: string, text: string, wanted: readonly string[] | undefined): Roster => {
  const { columns, rows, separator } = readTable(name, text);
  const used = wanted ?? (columns.length === 1 ? columns : columns.filter((column) => /^e-?mail$/i.test(column)));
  checkColumns(name, columns, used);
  if (used.length === 0)
    throw new UsageError(`Name the columns that hold the owners with --column. ${name} has: ${columns.join(', ')}.`);
  return {
    identities: rows.flatMap(({ values }) => used.flatMap((column) => (values[column] ?? '').split(/\s+/))),
    readAs: `${used.length === 1 ? 'the column' : 'the columns'} ${used.join(', ')}, separator: ${separatorNames[separator]}`,
  };
};

/**
 * Reads the identities of everybody who belongs to the company: a list, or a CSV file and the columns that hold them.
 *
 * @param name of the file, for errors
 * @throws UsageError if it is not clear where the identities are, or there are none
 */
export const readRoster = (name: string, text: string, wanted: readonly string[] | undefined): Roster => {
  const list = wanted === undefined ? readPlainList(text, (cell) => !cell.includes('@')) : undefined;
  const roster =
    list === undefined ? readColumns(name, text, wanted) : { identities: list, readAs: 'a list without a header' };
  const identities = roster.identities.filter((identity) => identity !== '');
  if (identities.length === 0)
    throw new UsageError(
      `${name} contains no identity (read as ${roster.readAs}), so every owner would look like a leaver.`,
    );
  return { ...roster, identities };
};

/**
 * A roster in another form than expected names hardly any owner. Then nobody is called a leaver: the command that would follow
 * logs the company out.
 *
 * @throws UsageError
 */
const checkIsRoster = (file: string, { readAs }: Roster, owners: number, known: number): void => {
  if (owners === 0 || (known > 0 && known * 2 >= owners)) return;
  const found = known === 0 ? `None of the ${owners}` : `Only ${known} of the ${owners}`;
  throw new UsageError(
    `${found} owners of instances ${known === 1 ? 'is' : 'are'} in ${file}, read as ${readAs}. This looks like the wrong file or the wrong column, so nobody is called a leaver. Name the columns with --column, or complete the roster.`,
  );
};

const compare = (file: string, instances: readonly Instance[], roster: Roster) => {
  const everybody = new Set(roster.identities.flatMap(parseOwner).map(canonicalIdentity));
  const isKnown = (owner: string) => parseOwner(owner).some((identity) => everybody.has(canonicalIdentity(identity)));
  const owners = [...new Set(instances.flatMap(({ owner }) => owner ?? []))];
  checkIsRoster(file, roster, owners.length, owners.filter(isKnown).length);
  return {
    /** None of their owners is on the roster. */
    leavers: instances.filter(({ owner }) => owner !== undefined && !isKnown(owner)),
    withoutOwner: instances.filter(({ owner }) => owner === undefined),
  };
};

type Report = ReturnType<typeof compare>;

const printReport = async (session: Session, { leavers, withoutOwner }: Report): Promise<void> => {
  if (leavers.length === 0) session.print('Every instance that has an owner belongs to somebody on the roster.');
  else session.print(`${leavers.length} with an owner who is not on the roster:\n\n${await formatInstances(leavers)}`);
  if (withoutOwner.length > 0)
    session.print(`\n${withoutOwner.length} without an owner:\n\n${await formatInstances(withoutOwner)}`);
  const ids = leavers.filter((instance) => !instance.protected).map(({ idInstance }) => idInstance);
  if (ids.length === 0) return;
  const run = (options: string) =>
    session.commandLine(`run --reason "not on the roster" ${options} --follow --instances ${ids.join(' ')}`);
  session.print(`\nTo see what would fail, without logging anybody out:\n${run('--dry-run')}`);
  session.print(`\nThen, to log them out:\n${run(`--max-targets ${ids.length}`)}`);
};

const compareInstances = async (session: Session, file: string): Promise<boolean> => {
  const atGreenApi = readInstanceList(file, await readInput(session, file));
  const api = await session.api();
  const list = valueIn(await api.listInstances());
  const { instances, ...unreadable } = list;
  const report = await reconcileInstances(api, atGreenApi, instances);
  const isUnderstood = !warnOfUnreadable(session, list);
  if (session.options.json) session.printJson({ ...report, ...unreadable });
  else await printInstancesReport(session, report);
  const isEqual = Object.values(report).every(({ length }) => length === 0);
  return isEqual && isUnderstood;
};

export const reconcileCommand = defineCommand<{ readonly column?: readonly string[]; readonly instances?: string }>({
  usage: 'reconcile [roster]',
  summary: 'Compare the instances with everybody who belongs to the company, or with those that exist at GREEN-API.',
  details: `Nothing is changed. The roster is a list of identities, one per line, or a CSV file with a header line.
With - it reads standard input.
Cells may be separated by commas, semicolons, tabs or vertical bars. The file may be UTF-8, UTF-16 or Windows-1252.
E-mail addresses are compared without regard to case, ids exactly. The exit code is 1 if an owner is not on the roster,
or if a secret is not understood: it may be somebody's instance. With less than half of the owners on it, the file
counts as the wrong one. Then nobody is called a leaver, and the exit code is 2.
--instances compares with the instances at GREEN-API instead. Its file has one id per line, a column idInstance or a JSON
array of ids. It may be the answer of the partner method getInstances: only ids are read from it. An instance that is not
enrolled cannot be logged out. The exit code is 1 for every difference.`,
  options: [
    new Option(
      '--column <names>',
      'columns that hold identities, separated by commas (default: the only one, or the one named email)',
    ).argParser(collect),
    new Option('--instances <file>', 'compare with the instances at GREEN-API; - reads standard input'),
  ],
  examples: [
    'reconcile staff.csv --column email,oktaId',
    'reconcile staff.txt --json',
    'reconcile --instances instances.json',
  ],
  run: async (session, { column, instances: instancesFile }, [file]): Promise<boolean> => {
    if (instancesFile !== undefined && file === undefined) return compareInstances(session, instancesFile);
    if (file === undefined || instancesFile !== undefined)
      throw new UsageError('Name a roster, or with --instances a file of instances.');
    const roster = readRoster(file, await readInput(session, file), column);
    const list = valueIn(await (await session.api()).listInstances());
    const { instances, ...unreadable } = list;
    const report = compare(file, instances, roster);
    const isUnderstood = !warnOfUnreadable(session, list);
    if (session.options.json) session.printJson({ ...report, ...unreadable });
    else await printReport(session, report);
    return report.leavers.length === 0 && isUnderstood;
  },
});
