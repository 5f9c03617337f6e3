import { Option } from 'commander';
import { isLoopback, parseApiAddress } from '../api/api-address.ts';
import { valueIn } from '../api/failure.ts';
import { defineCommand } from '../command.ts';
import { exitCodes, UsageError } from '../errors.ts';
import type { EvidenceFilter } from '../evidence/evidence-filter.ts';
import type { EvidenceRecord } from '../evidence/record.ts';
import { readInstanceIds } from '../input/instance-ids.ts';
import { parseSince } from '../input/instant.ts';
import { readRunId } from '../input/run-id.ts';
import type { Session } from '../session.ts';

type Options = {
  readonly instance?: string;
  readonly owner?: string;
  readonly run?: string;
  readonly since: string;
  readonly csv?: boolean;
  readonly file?: string;
};

const filterOf = async (session: Session, options: Options): Promise<EvidenceFilter> => {
  const { instance, owner, run } = options;
  const ids = owner === undefined ? [] : valueIn(await (await session.api()).listInstances({ owner })).instances;
  return {
    since: parseSince(options.since, session.terminal.now()),
    ...(instance !== undefined && { idInstance: readInstanceIds([instance])[0] }),
    ...(run !== undefined && { run: readRunId(run) }),
    ...(owner !== undefined && { owner: { identity: owner, ids: new Set(ids.map(({ idInstance }) => idInstance)) } }),
  };
};

/** The file of the local service at this address, if it is one. */
const localFile = (url: string | undefined): string | undefined => {
  const address = url === undefined ? undefined : parseApiAddress(url);
  return address && isLoopback(address) ? `.local/runs-${address.port || 80}.evidence.jsonl` : undefined;
};

const readRecords = async (session: Session, filter: EvidenceFilter, file: string | undefined) => {
  const { url, stack } = session.options;
  const path = file ?? (stack === undefined ? localFile(url) : undefined);
  if (path !== undefined) return (await import('../evidence/read-file.ts')).readEvidenceFile(path);
  if (stack === undefined)
    throw new UsageError('Evidence is in a log group that the stack names: give --stack, or --file for a file.');
  const logGroup = (await session.outputs()).require('EvidenceLogGroup');
  return (await import('../evidence/read-log-group.ts')).readLogGroup(logGroup, filter, session.aws);
};

const printRecords = async (session: Session, records: readonly EvidenceRecord[], csv: boolean): Promise<void> => {
  const { formatEvidenceCsv, formatEvidenceTable } = await import('../evidence/format.ts');
  if (session.options.json) for (const { all } of records) session.printJson(all);
  else if (csv) session.print(formatEvidenceCsv(records));
  else if (records.length === 0) session.note('There is no such evidence. A new record may take a minute to appear.');
  else session.print(await formatEvidenceTable(records));
};

export const evidenceCommand = defineCommand<Options>({
  usage: 'evidence',
  summary: 'Show the evidence of logouts: instance, time, reason, requester, and whether the logout is confirmed.',
  details: `It reads the evidence log group of the deployment with your own rights (logs:FilterLogEvents), or the evidence file of
the local service. --owner finds the logouts of a person's instances: runs by the owner they had then, single logouts by
the owner they have now. --json prints one whole record per line. In CSV, cells that a spreadsheet would run as a formula
begin with an apostrophe.`,
  rights: ['logs:FilterLogEvents'],
  options: [
    new Option('--instance <idInstance>', 'only this instance'),
    new Option('--owner <identity>', 'only the instances of this person'),
    new Option('--run <run>', 'only this run'),
    new Option('--since <when>', 'a time span such as 24h or 7d, or a date').default('7d'),
    new Option('--csv', 'print CSV'),
    new Option('--file <file>', 'read a file instead of the log group: a record per line'),
  ],
  examples: [
    'evidence --stack green-api-logout --owner john.doe@example.com --since 30d',
    'evidence --stack green-api-logout --since 2026-11-01 --csv > evidence.csv',
    'evidence --url http://127.0.0.1:3000 --instance 1101000001',
  ],
  run: async (session, options) => {
    const filter = await filterOf(session, options);
    const { matches } = await import('../evidence/evidence-filter.ts');
    const records = (await readRecords(session, filter, options.file))
      .filter((record) => matches(record, filter))
      .toSorted((a, b) => a.requestedAt.localeCompare(b.requestedAt));
    await printRecords(session, records, options.csv === true);
    return records.length > 0 ? exitCodes.done : exitCodes.failed;
  },
});
