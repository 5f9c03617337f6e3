import type { Evidence } from '../../../functions/logout/evidence.ts';

/** An evidence record as it was written, with the metrics in it. */
export type Proof = Evidence & { readonly confirmed: 0 | 1; readonly failed: 0 | 1 };

const parseLine = (line: string) => JSON.parse(line) as Proof & { readonly message: string };

/** The evidence among the lines that functions wrote, by instance. */
export const evidenceIn = (lines: readonly string[]): ReadonlyMap<string, readonly Proof[]> =>
  Map.groupBy(
    lines.map(parseLine).filter(({ message }) => message === 'evidence'),
    ({ idInstance }) => String(idInstance),
  );
