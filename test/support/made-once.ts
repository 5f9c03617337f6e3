import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const pollMs = 50;

const sleep = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Of all processes that try, one succeeds. */
const tryLock = (lock: string): boolean => {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
};

/** The process that holds the lock; empty before it has written itself down. */
const holderOf = (lock: string): string => {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return '';
  }
};

/** Whether the process that holds the lock has ended without giving it back. */
const isAbandoned = (lock: string): boolean => {
  const holder = holderOf(lock);
  if (holder === '') return false;
  try {
    process.kill(Number(holder), 0);
    return false;
  } catch {
    // It may have given it back since, and another process may hold it now.
    return holderOf(lock) === holder;
  }
};

const make = (folder: string, fill: (folder: string) => void): void => {
  const unfinished = mkdtempSync(`${folder}-`);
  fill(unfinished);
  renameSync(unfinished, folder);
};

/**
 * A folder that the first test file to ask for it fills, and that all files of the same run of jest read. It is removed
 * after that run.
 *
 * @param key what the content depends on, besides the name and the sources
 */
export const madeOnce = (name: string, key: object, fill: (folder: string) => void): string => {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 12);
  const folder = join(process.env.TEST_RUN_FOLDER ?? '', `${name}-${digest}`);
  const lock = `${folder}.lock`;
  while (!existsSync(folder)) {
    if (tryLock(lock)) {
      try {
        if (!existsSync(folder)) make(folder, fill);
      } finally {
        rmSync(lock);
      }
    } else if (isAbandoned(lock)) throw new Error(`${folder}: the process that began it has ended`);
    else sleep(pollMs);
  }
  return folder;
};
