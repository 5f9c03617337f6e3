import { readFileSync } from 'node:fs';

/** The peak memory of a process so far, in bytes. `undefined` without `/proc`, or if the process does not exist. */
export const peakMemoryOf = (pid: number): number | undefined => {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
};
