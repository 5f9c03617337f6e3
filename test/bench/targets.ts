import { find, fixed, type Measured, sumOf, table } from './tables.ts';

/** What is measured, how much, what is wanted, and what stands in the way if it is missed. */
type Row = readonly [string, number, '≤' | '≥', number, string];

const judge = ([, value, relation, limit, why]: Row): string => {
  if (Number.isNaN(value)) return 'not measured';
  return (relation === '≤' ? value <= limit : value >= limit) ? 'met' : `missed: ${why}`;
};

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
  const cpuOver = ({ cold }: Measured) => cold.firstCallCpu - empty.firstCallCpu;
  const at256 = ({ cold }: Measured) => cold.firstCallAt[256] ?? Number.NaN;
  const sdkFloor = `the bare call alone takes ${fixed(over(bare) / over(sdk), 2)}`;
  const floor = `the bare call alone takes ${fixed(over(bare) / over(usual), 2)}`;
  const rows: readonly Row[] = [
    ['gzip ÷ AWS SDK', plain.bundle.gzipBytes / sdk.bundle.gzipBytes, '≤', 0.78, 'see `infra/bundling/sdk-stubs.ts`'],
    ['cold sum ÷ AWS SDK, credential ready', over(ready) / over(sdk), '≤', 0.65, sdkFloor],
    ['cold sum ÷ AWS SDK, nothing configured', over(plain) / over(sdk), '≤', 0.65, sdkFloor],
    ['cold sum ÷ middy + SDK + fetch, credential ready', over(ready) / over(usual), '≤', 0.5, floor],
    ['cold sum ÷ middy + SDK + fetch, nothing configured', over(plain) / over(usual), '≤', 0.5, floor],
    [
      'CPU of the first call ÷ AWS SDK, both above an empty one, credential ready',
      cpuOver(ready) / cpuOver(sdk),
      '≤',
      0.1,
      'code that runs for the first time',
    ],
    [
      'first call at 256 MB, credential ready, ms',
      at256(ready),
      '≤',
      25,
      `an empty handler takes ${fixed(at256({ ...plain, cold: empty }), 0)}`,
    ],
    ['first call at 256 MB ÷ AWS SDK, host ready', at256(host) / at256(sdk), '≤', 0.6, 'one read is left to it'],
    [
      'first call at 256 MB ÷ AWS SDK, nothing configured',
      at256(plain) / at256(sdk),
      '≤',
      0.6,
      'one handshake and one read are left to it',
    ],
    [
      'warm overhead p50, µs',
      plain.overhead?.p50Us ?? Number.NaN,
      '≤',
      40,
      'evidence, rateLimiter, deadline and checks, a few µs each',
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
