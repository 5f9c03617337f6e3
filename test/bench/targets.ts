import { find, fixed, type Measured, sumOf, table } from './tables.ts';

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
  const over = ({ cold }: Measured) => sumOf(cold) - sumOf(empty);
  const at256 = ({ cold }: Measured) => cold.firstCallAt[256] ?? Number.NaN;
  const rows: readonly (readonly [string, number, string, number])[] = [
    ['gzip, KB', plain.bundle.gzipBytes / 1_000, '≤', 60],
    ['cold sum ÷ AWS SDK + node:https', over(plain) / over(sdk), '≤', 0.65],
    ['cold sum ÷ middy + AWS SDK + fetch', over(plain) / over(usual), '≤', 0.5],
    ['CPU of the first call ÷ AWS SDK, credential ready', ready.cold.firstCallCpu / sdk.cold.firstCallCpu, '≤', 0.1],
    ['first call at 256 MB, credential ready, ms', at256(ready), '≤', 25],
    ['first call at 256 MB ÷ AWS SDK, host ready', at256(host) / at256(sdk), '≤', 0.6],
    ['first call at 256 MB ÷ AWS SDK, nothing configured', at256(plain) / at256(sdk), '≤', 0.6],
    ['warm overhead p50, µs', plain.overhead?.p50Us ?? Number.NaN, '≤', 40],
    ['100 at once, share of the ideal', plain.throughput?.shareOfIdeal ?? Number.NaN, '≥', 0.93],
  ];
  return table(
    ['target', 'measured', 'wanted', ''],
    rows.map(([name, value, relation, limit]) => [
      name,
      fixed(value, 2),
      `${relation} ${limit}`,
      Number.isNaN(value) ? 'not measured' : (relation === '≤' ? value <= limit : value >= limit) ? 'met' : 'missed',
    ]),
  );
};
