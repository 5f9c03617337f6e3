import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../errors.ts';
import type { Session } from '../session.ts';
import { decodeText } from './decode-text.ts';

/** Reads a file, or what is piped in for `-`. @throws UsageError */
export const readInput = async (session: Session, file: string): Promise<string> => {
  if (file === '-') return decodeText(await buffer(session.terminal.stdin));
  const bytes = await readFile(file).catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
  return decodeText(bytes);
};
