import { find, fixed, type Measured, sumOf, table } from './tables.ts';

/** What is measured, how much, what is wanted, and what stands in the way if it is missed. */
type Row = readonly [string, number, '≤' | '≥', number, string];

const judge = ([, value, relation, limit, why]: Row): string => {
  if (Number.isNaN(value)) return 'not measured';
  return (relation === '≤' ? value <= limit : value >= limit) ? 'met' : `missed: ${why}`;
};

const rehearsal = 'the rehearsal makes init longer than it makes the first call shorter, on a whole core';

/** What this project promises itself, against what was measured. */
export const targetTable = (measured: readonly Measured[]): string => {
  const of = (name: string) => find(measured, name);
  const empty = of('empty handler').cold;
  const [plain, host, ready] = [
    of('green-api-logout'),
    of('green-api-logout, host ready'),
    of('green-api-logout, credential ready'),
  ];
  const [sdk, usual] = [of('AWS SDK + node:https'), of('middy + 4 middlewares + AWS SDK + fetch')];
  const bare = of('bare node:https, token in the environment');
  const over = ({ cold }: Measured) => sumOf(cold) - sumOf(empty);
  const at256 = ({ cold }: Measured) => cold.firstCallAt[256] ?? Number.NaN;
  const rows: readonly Row[] = [
    ['gzip, KB', plain.bundle.gzipBytes / 1_000, '≤', 60, 'the client that sends outcome events is 5 KB of it'],
    ['cold sum ÷ AWS SDK + node:https', over(plain) / over(sdk), '≤', 0.65, rehearsal],
    [
      'cold sum ÷ middy + AWS SDK + fetch',
      over(plain) / over(usual),
      '≤',
      0.5,
      'the target supposes a peer 26 ms above the AWS SDK alone',
    ],
    [
      'CPU of the first call ÷ AWS SDK, credential ready',
      ready.cold.firstCallCpu / sdk.cold.firstCallCpu,
      '≤',
      0.1,
      '3 ms of code that runs for the first time, against 20',
    ],
    ['first call at 256 MB, credential ready, ms', at256(ready), '≤', 25, 'as above'],
    [
      'first call at 256 MB ÷ AWS SDK, host ready',
      at256(host) / at256(sdk),
      '≤',
      0.6,
      'one handshake and one read left',
    ],
    [
      'first call at 256 MB ÷ AWS SDK, nothing configured',
      at256(plain) / at256(sdk),
      '≤',
      0.6,
      'two handshakes and one read are left to it, as to its peer',
    ],
    [
      'warm overhead p50, µs',
      plain.overhead?.p50Us ?? Number.NaN,
      '≤',
      40,
      'evidence, pace, deadline and checks, a few µs each',
    ],
    [
      '100 at once, share of the ideal',
      plain.throughput?.shareOfIdeal ?? Number.NaN,
      '≥',
      0.93,
      `the bare call reaches ${fixed(bare.throughput?.shareOfIdeal, 2)}`,
    ],
  ];
  return table(
    ['target', 'measured', 'wanted', ''],
    rows.map((row) => [row[0], fixed(row[1], 2), `${row[2]} ${row[3]}`, judge(row)]),
  );
};
