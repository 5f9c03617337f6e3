import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const pollMs = 50;
const longestWaitMs = 100_000;

const sleep = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Whether the folder did not exist: of all processes that try, one succeeds. */
const tryMakeFolder = (folder: string): boolean => {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
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
 * @param key what the content depends on, besides the sources
 */
export const madeOnce = (name: string, key: unknown, fill: (folder: string) => void): string => {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 12);
  const folder = join(process.env.TEST_RUN_FOLDER ?? '', `${name}-${digest}`);
  const lock = `${folder}.lock`;
  const patience = Date.now() + longestWaitMs;
  while (!existsSync(folder)) {
    if (tryMakeFolder(lock)) {
      try {
        if (!existsSync(folder)) make(folder, fill);
      } finally {
        rmdirSync(lock);
      }
    } else if (Date.now() > patience) throw new Error(`${folder} was not made by the process that began it`);
    else sleep(pollMs);
  }
  return folder;
};
