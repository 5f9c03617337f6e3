import { readFile } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import { type EvidenceRecord, parseRecord } from './record.ts';

/** Reads the file in which the local service keeps its evidence: a record per line. @throws UsageError */
export const readEvidenceFile = async (file: string): Promise<readonly EvidenceRecord[]> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(
      `${file} cannot be read. The local service prints the path of its evidence file when it starts: name it with --file.`,
    );
  });
  const records = text.split('\n').flatMap((line) => parseRecord(line) ?? []);
  if (records.length === 0 && text.trim() !== '')
    throw new UsageError(`${file} has no evidence record. Name a file of evidence with --file: one record per line.`);
  return records;
};
