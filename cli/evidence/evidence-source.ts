import type { EvidenceFilter } from './evidence-filter.ts';

/** Lines of evidence among others, from wherever they are kept, in the order in which they are kept there. */
export type EvidenceSource = {
  readonly lines: (filter: EvidenceFilter) => AsyncIterable<string>;
  /** The file or folder that was named, if it is one. */
  readonly path?: string;
  /** For people, what the records are worth, e.g. that nobody could alter them. */
  readonly describe: () => Promise<string | undefined>;
};
