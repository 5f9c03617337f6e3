import { formatCsvRow } from '../output/printable.ts';
import { tableLines } from '../output/table.ts';
import type { EvidenceRecord } from './record.ts';

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

export const csvHead = formatCsvRow(Object.keys(columns));

export const csvRowOf = (record: EvidenceRecord): string =>
  formatCsvRow(Object.values(columns).map((read) => read(record) ?? ''));

const tableHead = ['REQUESTED AT', 'INSTANCE', 'OUTCOME', 'CONFIRMED AT', 'REQUESTED BY', 'REASON', ''];

type TableRow = readonly (string | undefined)[];

export const tableRowOf = (record: EvidenceRecord): TableRow => {
  const { requestedAt, idInstance, outcome, confirmedAt, requestedBy, session, email, person, reason } = record;
  const who = [requestedBy, session?.name, person?.name, email].filter(Boolean).join(' ');
  return [requestedAt, idInstance, outcome.kind, confirmedAt, who, reason, outcome.detail];
};

export const evidenceTable = (rows: readonly TableRow[]): Promise<Iterable<string>> => tableLines(tableHead, rows);
