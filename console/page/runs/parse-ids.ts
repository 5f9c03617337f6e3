import { idPattern } from '../../../functions/green-api/vocabulary.ts';

export type PastedIds = {
  /** Each id once. */
  readonly ids: readonly string[];
  /** What stands among them and is no id. */
  readonly wrong: readonly string[];
};

/** Everything that separates ids in tables, mails, code and spreadsheets. */
const separators = /[\s,;|/"'`()[\]{}<>\u00a0\u200b\ufeff\u2018-\u201f]+/u;

/** Reads ids out of a text that was pasted. */
export const parseIds = (text: string): PastedIds => {
  const parts = [...new Set(text.split(separators).filter((part) => part !== ''))];
  return { ids: parts.filter((part) => idPattern.test(part)), wrong: parts.filter((part) => !idPattern.test(part)) };
};
