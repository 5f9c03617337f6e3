import type { Bundle } from './bundles.ts';
import type { Cold } from './cold.ts';
import type { Overhead, Throughput } from './warm/measure.ts';

export type Measured = {
  readonly bundle: Bundle;
  readonly cold: Cold;
  /** Missing where another row measures the same bundle. */
  readonly overhead?: Overhead | undefined;
  readonly throughput?: Throughput | undefined;
};

export const fixed = (value: number | undefined, digits = 1): string =>
  value === undefined ? '–' : value.toFixed(digits);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** Init and first call, in milliseconds. */
export const sumOf = ({ init, firstCall }: Cold): number => init + firstCall;

/** @throws when there is no such row */
export const find = (measured: readonly Measured[], name: string): Measured => {
  const found = measured.find(({ bundle }) => bundle.name === name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
};
