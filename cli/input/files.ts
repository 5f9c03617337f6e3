import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Configuration } from '../../infra/configuration/configuration.ts';
import { UsageError } from '../errors.ts';
import type { Session } from '../session.ts';

/** UTF-16 without a byte order mark: every second byte of Latin letters, digits and separators is zero. */
const utf16Without = (bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  const start = bytes.subarray(0, 64);
  const zeros = (parity: number) => start.filter((byte, index) => index % 2 === parity && byte === 0).length;
  if (zeros(1) > start.length / 4) return 'utf-16le';
  return zeros(0) > start.length / 4 ? 'utf-16be' : undefined;
};

const encodingOf = (bytes: Uint8Array): string => {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return utf16Without(bytes) ?? 'utf-8';
};

/**
 * The text of a file as spreadsheets save one: UTF-8, UTF-16 with or without a byte order mark, or else Windows-1252, which
 * older ones still use. A byte order mark is left out.
 */
export const decodeText = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
};

/** Reads a file, or what is piped in for `-`. @throws UsageError */
export const readInput = async (session: Session, file: string): Promise<string> => {
  if (file === '-') return decodeText(await buffer(session.terminal.stdin));
  const bytes = await readFile(file).catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
  return decodeText(bytes);
};

/** Reads a configuration file; its schemas are loaded only now. @throws UsageError saying what is wrong in it */
export const loadConfiguration = async (file: string): Promise<Configuration> => {
  const { readConfiguration } = await import('../../infra/configuration/configuration-file.ts');
  try {
    return readConfiguration(file);
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigurationError') throw new UsageError(error.message);
    throw error;
  }
};

/** Reads a configuration file, if there is one. @throws UsageError saying what is wrong in it */
export const loadConfigurationIfAny = async (file: string): Promise<Configuration | undefined> =>
  existsSync(file) ? loadConfiguration(file) : undefined;
