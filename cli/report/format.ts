import { formatCsvRow } from '../output/printable.ts';
import { formatTable } from '../output/table.ts';
import type { InstanceFact } from './facts.ts';
import type { Row } from './judge.ts';

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
export const rowAsJson = (row: Row): object => ({
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

export const rowsAsCsv = (rows: readonly Row[]): readonly string[] => [
  formatCsvRow([...Object.keys(columns), 'incompleteRuns']),
  ...rows.map((row) => formatCsvRow([...cellsOf(row).map((cell) => cell ?? ''), row.incompleteRuns.join(' ')])),
];

export const rowsAsTable = (rows: readonly Row[]): Promise<string> =>
  formatTable(
    ['LEAVER', 'VERDICT', 'LEFT AT', 'REPORTED AT', 'LAST CONFIRMED AT', 'HOURS', 'INSTANCES', 'RECORD', ''],
    rows.map(cellsOf),
  );
