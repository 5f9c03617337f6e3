import { readFileSync } from 'node:fs';

/** The most memory a process has held so far, in bytes; `undefined` where there is no `/proc`, or no such process. */
export const peakMemoryOf = (pid: number): number | undefined => {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
};
