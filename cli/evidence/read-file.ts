import { readFile } from 'node:fs/promises';
import { CommandFailed } from '../errors.ts';
import { type EvidenceRecord, parseRecord } from './record.ts';

/** Reads the file in which the local service keeps its evidence: a record per line. */
export const readEvidenceFile = async (file: string): Promise<readonly EvidenceRecord[]> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandFailed(
      `${file} cannot be read. The local service names its evidence file when it starts; give it with --file.`,
    );
  });
  return text.split('\n').flatMap((line) => parseRecord(line) ?? []);
};
