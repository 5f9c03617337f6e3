import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from '../errors.ts';
import type { Session } from '../session.ts';

/** Reads a file, or what is piped in for `-`. @throws UsageError */
export const readInput = async (session: Session, file: string): Promise<string> => {
  if (file === '-') return text(session.terminal.stdin);
  return readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
};
