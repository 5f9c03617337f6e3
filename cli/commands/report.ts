import { InvalidArgumentError, Option } from 'commander';
import { countOf } from '../../client/count-of.ts';
import { valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, orFailure, UsageError } from '../errors.ts';
import { chooseSource, type SourceOptions, sourceOptions, sourceRights } from '../evidence/choose-source.ts';
import { checkHasRecords, type EvidenceSource } from '../evidence/evidence-source.ts';
import { readInput } from '../input/files.ts';
import { collect, parseSpan } from '../input/options.ts';
import { formatCsvRow, printable, printableJson } from '../output/printable.ts';
import { formatTable, printLines } from '../output/table.ts';
import type { OwnedToday } from '../report/fact-index.ts';
import { type Fact, factMessages, type InstanceFact, looksLikeEvidence, parseFact } from '../report/facts.ts';
import { judge, type Leaver, minOf, type Report, type Row } from '../report/judge.ts';
import { readLeavers } from '../report/read-leavers.ts';
import type { Session } from '../session.ts';

const isoOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

const hourMs = 3_600_000;

/** From the leaving to the last confirmation, in hours with two decimals; only if every instance is proved to be out. */
const hoursOf = ({ verdict, lastConfirmedAt, leaver }: Row): number | undefined =>
  lastConfirmedAt === undefined || !(verdict === 'in time' || verdict === 'late')
    ? undefined
    : Math.round((Math.max(0, lastConfirmedAt - leaver.leftAt) / hourMs) * 100) / 100;

/** What finds the record: `evidence --run` takes the run. */
const describeRecord = ({ run, requestId, at }: InstanceFact): string =>
  run ?? (requestId === undefined ? `confirmedAt ${isoOf(at)}` : `request ${requestId}`);

const recordsOf = ({ instances }: Row): string =>
  [...new Set(instances.flatMap(({ proof }) => (proof === undefined ? [] : [describeRecord(proof)])))].join(' ');

/** For programs. Fields without a value are left out. */
const rowAsJson = (row: Row): object => ({
  line: row.leaver.line,
  identity: row.leaver.identities.join(' '),
  verdict: row.verdict,
  leftAt: isoOf(row.leaver.leftAt),
  reportedAt: isoOf(row.reportedAt),
  lastConfirmedAt: isoOf(row.lastConfirmedAt),
  hours: hoursOf(row),
  instances: row.instances.map(({ idInstance, verdict, proof, detail }) => ({
    idInstance,
    verdict,
    confirmedAt: isoOf(proof?.at),
    detail,
    record: proof && {
      idInstance,
      requestedAt: isoOf(proof.reportedAt),
      confirmedAt: isoOf(proof.at),
      outcome: proof.outcome,
      run: proof.run,
      requestId: proof.requestId,
    },
  })),
  detail: row.detail,
  incompleteRuns: row.incompleteRuns.length > 0 ? row.incompleteRuns : undefined,
});

const columns = {
  leaver: ({ leaver }) => leaver.identities.join(' '),
  verdict: ({ verdict }) => verdict,
  leftAt: ({ leaver }) => isoOf(leaver.leftAt),
  reportedAt: ({ reportedAt }) => isoOf(reportedAt),
  lastConfirmedAt: ({ lastConfirmedAt }) => isoOf(lastConfirmedAt),
  hours: (row) => hoursOf(row)?.toString(),
  instances: ({ instances }) => instances.map(({ idInstance }) => idInstance).join(' '),
  record: recordsOf,
  detail: ({ detail }) => detail,
} as const satisfies Record<string, (row: Row) => string | undefined>;

const cellsOf = (row: Row): readonly (string | undefined)[] => Object.values(columns).map((read) => read(row));

const rowsAsCsv = (rows: readonly Row[]): readonly string[] => [
  formatCsvRow([...Object.keys(columns), 'incompleteRuns']),
  ...rows.map((row) => formatCsvRow([...cellsOf(row).map((cell) => cell ?? ''), row.incompleteRuns.join(' ')])),
];

const rowsAsTable = (rows: readonly Row[]): Promise<string> =>
  formatTable(
    ['LEAVER', 'VERDICT', 'LEFT AT', 'REPORTED AT', 'LAST CONFIRMED AT', 'HOURS', 'INSTANCES', 'RECORD', ''],
    rows.map(cellsOf),
  );

type Options = SourceOptions & {
  readonly within: number;
  readonly early: number;
  readonly timeZone: string;
  readonly column?: readonly string[];
  readonly leftColumn?: string;
  readonly deployment?: string;
  readonly csv?: boolean;
};

const dayMs = 86_400_000;

const spanOf = (text: string): number => {
  const span = parseSpan(text);
  if (span === undefined) throw new InvalidArgumentError('It must be a time span such as 30m, 24h or 7d.');
  return span;
};

const zoneOf = (text: string): string => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('It must be the name of a time zone, such as Europe/Berlin.');
  }
};

/** What the report needs of the evidence. @throws UsageError if there is none, or it is of several deployments */
const readFacts = async (
  source: EvidenceSource,
  since: Date,
  deployment: string | undefined,
): Promise<readonly Fact[]> => {
  const facts: Fact[] = [];
  const stacks = new Set<string>();
  let [lines, unread] = [0, 0];
  for await (const line of source.lines({ since, messages: factMessages })) {
    lines += line === '' ? 0 : 1;
    const fact = parseFact(line);
    if (fact === undefined) unread += Number(looksLikeEvidence(line));
    else if (deployment === undefined || fact.stack === undefined || fact.stack === deployment) facts.push(fact);
    if (fact?.stack !== undefined) stacks.add(fact.stack);
  }
  checkHasRecords(source, lines, facts.length + stacks.size);
  if (unread > 0)
    throw new CommandFailed(
      `${countOf(unread, 'line')} of evidence cannot be read, so no verdict would be certain. Read the vault or the log group itself.`,
    );
  if (deployment === undefined && stacks.size > 1)
    throw new UsageError(
      `The evidence is of several deployments (${[...stacks].sort().join(', ')}). Choose one with --deployment.`,
    );
  return facts;
};

/** The instances of today, if a deployment is named and may be asked. */
const readOwned = async (session: Session): Promise<readonly OwnedToday[]> => {
  const { url, stack } = session.options;
  if (url === undefined && stack === undefined) return [];
  const list = await orFailure((async () => valueIn(await (await session.api()).listInstances()))());
  if (!(list instanceof CommandFailed)) return list.instances;
  session.note(`The current instances are not in the report, because they cannot be read: ${list.message}`);
  return [];
};

const print = async (session: Session, { rows, incompleteRuns }: Report, csv: boolean): Promise<void> => {
  if (session.options.json) await printLines(session, rows, (row) => printableJson(rowAsJson(row)));
  else if (csv) await printLines(session, rowsAsCsv(rows), String, '\r\n');
  else session.print(await rowsAsTable(rows));
  for (const { run, why } of incompleteRuns)
    session.note(`The records of the run ${printable(run)} are incomplete: ${printable(why)}.`);
};

const beginOf = (leavers: readonly Leaver[]): Date =>
  new Date(Math.max(0, (minOf(leavers.map(({ countsFrom }) => countsFrom)) ?? 0) - dayMs));

export const reportCommand = defineCommand<Options>({
  usage: 'report <leavers>',
  summary: 'Say of each person who left whether every instance is proved to be logged out in time.',
  details: `Nothing is changed. The file is CSV with a header line. Its columns hold identities and the time or date
of leaving. With - it reads standard input. For each leaver it prints the instances, the times, the hours, the
verdict, and the run or request whose record proves it. The verdicts are in time, late, not proved, no instance,
protected, linked again, and not known if there is no record of a run. Hours count from the time of leaving, or from
the end of its date. A logout before the leaving counts with --early only. With --stack or --url it also names
instances that the leaver still has and that have no record. Runs whose records are incomplete are named on stderr,
and in JSON and CSV beside each leaver whom they concern. The exit code is 0 only if everybody is in time or has no
instance.`,
  rights: sourceRights,
  options: [
    new Option('--within <span>', 'how soon after leaving everything must be logged out')
      .default(dayMs, '24h')
      .argParser(spanOf),
    new Option('--early <span>', 'how long before the leaving a logout counts too')
      .default(0, 'not at all')
      .argParser(spanOf),
    new Option('--time-zone <name>', 'time zone of dates, and of times without an offset')
      .default('UTC')
      .argParser(zoneOf),
    new Option(
      '--column <names>',
      'columns that hold identities, separated by commas (default: those named email, identity, owner, user, login or upn)',
    ).argParser(collect),
    new Option(
      '--left-column <name>',
      'column that holds the time of leaving (default: the one with a usual name, or the only other one)',
    ),
    new Option('--deployment <name>', 'only the records of this deployment, if a file holds those of several'),
    new Option('--csv', 'print CSV'),
    ...sourceOptions(),
  ],
  examples: [
    'report leavers.csv --within 24h --stack green-api-logout',
    'report leavers.csv --within 24h --vault --stack green-api-logout --csv > report.csv',
    'report leavers.csv --within 8h --time-zone Europe/Berlin --file evidence.jsonl.gz --json',
  ],
  run: async (session, options, [file = '']): Promise<boolean> => {
    const { column, leftColumn, timeZone, early, within } = options;
    const leavers = readLeavers(file, await readInput(session, file), {
      identities: column,
      left: leftColumn,
      timeZone,
      earlyMs: early,
    });
    const source = await chooseSource(session, options);
    const facts = await readFacts(source, beginOf(leavers), options.deployment);
    const report = judge(facts, leavers, { withinMs: within, owned: await readOwned(session) });
    await print(session, report, options.csv === true);
    const description = await source.describe();
    if (description !== undefined) session.note(description);
    const isGood = report.rows.every(({ verdict }) => verdict === 'in time' || verdict === 'no instance');
    return isGood;
  },
});
