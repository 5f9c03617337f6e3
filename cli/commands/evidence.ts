import { Option } from 'commander';
import { isOwnedBy } from '../../functions/instances/identity.ts';
import { valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { chooseSource, type SourceOptions, sourceOptions, sourceRights } from '../evidence/choose-source.ts';
import {
  checkHasRecords,
  type EvidenceFilter,
  type EvidenceRecord,
  type EvidenceSource,
  parseRecord,
} from '../evidence/evidence-source.ts';
import { parseSince, readInstanceId } from '../input/options.ts';
import { readRunIdEnd } from '../input/run-id.ts';
import { formatCsvRow, printableJson } from '../output/printable.ts';
import { printLines, tableLines } from '../output/table.ts';
import type { Session } from '../session.ts';

const columns = {
  requestedAt: (record) => record.requestedAt,
  confirmedAt: (record) => record.confirmedAt,
  idInstance: (record) => record.idInstance,
  outcome: (record) => record.outcome.kind,
  confirmed: (record) => String(record.outcome.confirmed),
  detail: (record) => record.outcome.detail,
  function: (record) => record.function,
  requestedBy: (record) => record.requestedBy,
  session: (record) => record.session?.name,
  email: (record) => record.email,
  reason: (record) => record.reason,
  run: (record) => record.run?.id,
  source: (record) => record.run?.source,
  redrivenBy: (record) => record.run?.redrivenBy,
  owner: (record) => record.run?.tags?.owner,
  group: (record) => record.run?.tags?.group,
  queueCleared: (record) => record.queue && String(record.queue.cleared),
  token: (record) => record.token?.kind,
  attempts: (record) => record.attempts?.toString(),
  timeToLogoutMs: (record) => record.timeToLogoutMs?.toString(),
  requestId: (record) => record.requestId,
  occurredAt: (record) => record.run?.occurredAt,
  occurredAtIs: (record) => record.run?.occurredAtIs,
  actorId: (record) => record.run?.actor?.id,
  actorName: (record) => record.run?.actor?.name,
  actorClaimedBy: (record) => record.run?.actor?.claimedBy,
  retryOf: (record) => record.run?.retryOf,
  person: (record) => record.person?.name,
  issuer: (record) => record.person?.issuer,
} as const satisfies Record<string, (record: EvidenceRecord) => string | undefined>;

const csvHead = formatCsvRow(Object.keys(columns));

const csvRowOf = (record: EvidenceRecord): string =>
  formatCsvRow(Object.values(columns).map((read) => read(record) ?? ''));

const tableHead = ['REQUESTED AT', 'INSTANCE', 'OUTCOME', 'CONFIRMED AT', 'REQUESTED BY', 'REASON', ''];

/** The record of a logout with `wait=0` has the kind of a confirmed one. */
const outcomeOf = ({ outcome: { kind, confirmed } }: EvidenceRecord): string =>
  kind === 'logged-out' && !confirmed ? 'accepted, not confirmed' : kind;

type TableRow = readonly (string | undefined)[];

const tableRowOf = (record: EvidenceRecord): TableRow => {
  const { requestedAt, idInstance, outcome, confirmedAt, requestedBy, session, email, person, reason } = record;
  const who = [requestedBy, session?.name, person?.name, email].filter(Boolean).join(' ');
  return [requestedAt, idInstance, outcomeOf(record), confirmedAt, who, reason, outcome.detail];
};

type Options = SourceOptions & {
  readonly instance?: string;
  readonly owner?: string;
  readonly run?: string;
  readonly since: string;
  readonly csv?: boolean;
};

/** Whether a deployment or the local service can be asked who owns an instance now. */
const canAskOwners = ({ options: { url, stack } }: Session): boolean => url !== undefined || stack !== undefined;

const idsOwnedBy = async (session: Session, owner: string): Promise<ReadonlySet<string>> => {
  const { instances } = valueIn(await (await session.api()).listInstances({ owner }));
  return new Set(instances.map(({ idInstance }) => idInstance));
};

const filterOf = async (session: Session, options: Options): Promise<EvidenceFilter> => {
  const { instance, owner, run } = options;
  const ids = owner === undefined || !canAskOwners(session) ? undefined : await idsOwnedBy(session, owner);
  return {
    since: parseSince(options.since, session.terminal.now()),
    idInstance: instance === undefined ? undefined : readInstanceId(instance),
    run: run === undefined ? undefined : readRunIdEnd(run),
    owner: owner === undefined ? undefined : { identity: owner, ids },
  };
};

/** Records of runs keep the owner of that time; those of single logouts have no tags, so the owner of today decides. */
const isOf = ({ idInstance, run }: EvidenceRecord, { identity, ids }: NonNullable<EvidenceFilter['owner']>): boolean =>
  run?.tags?.owner === undefined ? (ids?.has(idInstance) ?? false) : isOwnedBy({ owner: run.tags.owner }, identity);

const matches = (record: EvidenceRecord, { since, idInstance, run, owner }: EvidenceFilter): boolean =>
  Date.parse(record.confirmedAt ?? record.requestedAt) >= since.getTime() &&
  (idInstance === undefined || record.idInstance === idInstance) &&
  (run === undefined || record.run?.id.endsWith(run) === true) &&
  (owner === undefined || isOf(record, owner));

/** The matching records, oldest first: each as what is to be printed, so that many of them fit into memory. */
const readMatching = async <Printed>(
  source: EvidenceSource,
  filter: EvidenceFilter,
  print: (record: EvidenceRecord, line: string) => Printed,
): Promise<readonly Printed[]> => {
  const found: { readonly at: string; readonly printed: Printed }[] = [];
  let lines = 0;
  let records = 0;
  for await (const line of source.lines(filter)) {
    lines += line === '' ? 0 : 1;
    const record = parseRecord(line);
    if (record === undefined) continue;
    records += 1;
    if (matches(record, filter)) found.push({ at: record.requestedAt, printed: print(record, line) });
  }
  checkHasRecords(source, lines, records);
  return found.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))).map(({ printed }) => printed);
};

/**
 * Prints the records and returns how many there are. Until they are sorted they are kept as bytes: as many texts make Node's heap
 * grow by half.
 */
const printRecords = async (
  session: Session,
  source: EvidenceSource,
  filter: EvidenceFilter,
  csv: boolean,
): Promise<number> => {
  if (session.options.json) {
    const lines = await readMatching(source, filter, (_, line) => Buffer.from(line));
    await printLines(session, lines, (line) => printableJson(JSON.parse(line.toString())));
    return lines.length;
  }
  if (csv) {
    const rows = await readMatching(source, filter, (record) => Buffer.from(csvRowOf(record)));
    await printLines(session, [csvHead, ...rows], String, '\r\n');
    return rows.length;
  }
  const rows = await readMatching(source, filter, tableRowOf);
  if (rows.length === 0) session.note('There is no such evidence. A new record may take a minute to appear.');
  else await printLines(session, await tableLines(tableHead, rows), String);
  return rows.length;
};

export const evidenceCommand = defineCommand<Options>({
  usage: 'evidence',
  summary: 'Show the evidence of logouts: instance, time, reason, requester, and whether the logout is confirmed.',
  details: `It reads the evidence log group of the deployment with your own rights, its vault, a file, or the evidence
file of the local service. With --vault it says whether Object Lock still protects the records. --owner finds the
logouts of a person's instances. For a run the owner at that time counts, for a single logout today's owner. This
needs a deployment. --json prints one whole record per line. In CSV, cells that a spreadsheet would run as a formula
begin with an apostrophe.`,
  rights: sourceRights,
  options: [
    new Option('--instance <idInstance>', 'only this instance'),
    new Option('--owner <identity>', 'only the instances of this person'),
    new Option('--run <run>', 'only this run, by its id or the last eight characters of it'),
    new Option('--since <when>', 'a time span such as 24h or 7d, or a date').default('7d'),
    new Option('--csv', 'print CSV'),
    ...sourceOptions(),
  ],
  examples: [
    'evidence --stack green-api-logout --owner john.doe@example.com --since 30d',
    'evidence --stack green-api-logout --since 2026-11-01 --csv > evidence.csv',
    'evidence --vault --stack green-api-logout --since 90d',
    'evidence --file evidence.jsonl.gz --owner john.doe@example.com --since 2026-01-01',
    'evidence --url http://127.0.0.1:3000 --instance 1101000001',
  ],
  run: async (session, options) => {
    const filter = await filterOf(session, options);
    const source = await chooseSource(session, options);
    const count = await printRecords(session, source, filter, options.csv === true);
    const description = await source.describe();
    if (description !== undefined) session.note(description);
    if (filter.owner !== undefined && filter.owner.ids === undefined)
      session.note('Records of single logouts hold no owner, so only those of runs were searched for this person.');
    return count > 0;
  },
});
