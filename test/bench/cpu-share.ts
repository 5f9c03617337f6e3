import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Holds one process to the share of a core that a function of so much memory gets. */
export type CpuShare = Disposable & { readonly hold: (pid: number, memoryMb: number) => void };

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const memoryOfOneCoreMb = 1_769;
const periodUs = 20_000;

type Hierarchy = { readonly folder: string; readonly limit: (quotaUs: number) => Readonly<Record<string, string>> };

const hierarchies: readonly Hierarchy[] = [
  {
    folder: '/sys/fs/cgroup/cpu',
    limit: (quotaUs) => ({ 'cpu.cfs_period_us': `${periodUs}`, 'cpu.cfs_quota_us': `${quotaUs}` }),
  },
  { folder: '/sys/fs/cgroup', limit: (quotaUs) => ({ 'cpu.max': `${quotaUs} ${periodUs}` }) },
];

const isUsable = ({ folder, limit }: Hierarchy): boolean => {
  const probe = join(folder, `bench-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    for (const file of Object.keys(limit(1_000))) accessSync(join(probe, file), constants.W_OK);
    return true;
  } catch {
    return false;
  } finally {
    try {
      rmdirSync(probe);
    } catch {
      // It was never made.
    }
  }
};

/** Needs a writable cgroup, which takes root. `undefined`: this machine gives none. */
export const createCpuShare = (): CpuShare | undefined => {
  const hierarchy = hierarchies.find(isUsable);
  if (hierarchy === undefined) return undefined;
  const group = join(hierarchy.folder, `green-api-logout-bench-${process.pid}`);
  mkdirSync(group);
  return {
    hold: (pid, memoryMb) => {
      const quotaUs = Math.max(1_000, Math.round((memoryMb / memoryOfOneCoreMb) * periodUs));
      for (const [file, text] of Object.entries(hierarchy.limit(quotaUs))) writeFileSync(join(group, file), text);
      writeFileSync(join(group, 'cgroup.procs'), `${pid}`);
    },
    [Symbol.dispose]: () => {
      if (readFileSync(join(group, 'cgroup.procs'), 'utf8').trim() === '') rmdirSync(group);
    },
  };
};
