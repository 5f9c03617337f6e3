import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bundle } from '../bundles.ts';
import { certificateFile } from '../certificate-file.ts';
import type { Emulators } from '../emulators.ts';
import { median, percentile } from '../median.ts';

type Mode = 'pairs' | 'parallel';
type Pairs = { readonly differences: readonly number[] };
type Parallel = { readonly callsPerSecond: number; readonly cpuUsPerCall: number; readonly rssMib: number };

const parsePairs = (message: unknown) => message as Pairs;
const parseParallel = (message: unknown) => message as Parallel;

const calls: Readonly<Record<Mode, number>> = { pairs: 5_000, parallel: 4_000 };
const answerDelayMs: Readonly<Record<Mode, number>> = { pairs: 0, parallel: 50 };

const runWorker = async (bundle: Bundle, mode: Mode, { environment, setAnswerDelay }: Emulators): Promise<unknown> => {
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'worker.mjs')], {
    env: {
      ...environment,
      ...bundle.environment,
      NODE_EXTRA_CA_CERTS: certificateFile,
      BUNDLE: join(bundle.folder, 'index.mjs'),
      MODE: mode,
      CALLS: `${calls[mode]}`,
      INSTANCES: bundle.instances,
    },
    // What a handler writes goes nowhere, but it is written.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const died = once(worker, 'exit').then(() => Promise.reject(new Error(`${bundle.name} died`)));
  died.catch(() => {});
  await Promise.race([once(worker, 'message'), died]);
  setAnswerDelay(answerDelayMs[mode]);
  worker.send('go');
  const [figures] = await Promise.race([once(worker, 'message'), died]);
  setAnswerDelay(0);
  return figures;
};

/** What a handler adds to the bare HTTPS call, in microseconds. */
export type Overhead = { readonly p50Us: number; readonly p99Us: number };

export const measureOverhead = async (
  bundles: readonly Bundle[],
  rounds: number,
  emulators: Emulators,
): Promise<readonly Overhead[]> => {
  const samples = bundles.map(() => [] as Overhead[]);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, bundle] of bundles.entries()) {
      const { differences } = parsePairs(await runWorker(bundle, 'pairs', emulators));
      samples[index]?.push({ p50Us: median(differences) * 1_000, p99Us: percentile(differences, 0.99) * 1_000 });
    }
  return samples.map((each) => ({
    p50Us: median(each.map(({ p50Us }) => p50Us)),
    p99Us: median(each.map(({ p99Us }) => p99Us)),
  }));
};

/** 100 calls at a time in one process, to a GREEN-API that takes 50 ms: 2,000 a second would be ideal. */
export type Throughput = Parallel & { readonly shareOfIdeal: number };

export const measureThroughput = async (
  bundles: readonly Bundle[],
  rounds: number,
  emulators: Emulators,
): Promise<readonly Throughput[]> => {
  const samples = bundles.map(() => [] as Parallel[]);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, bundle] of bundles.entries())
      samples[index]?.push(parseParallel(await runWorker(bundle, 'parallel', emulators)));
  return samples.map((each) => {
    const callsPerSecond = median(each.map((sample) => sample.callsPerSecond));
    return {
      callsPerSecond,
      shareOfIdeal: callsPerSecond / 2_000,
      cpuUsPerCall: median(each.map(({ cpuUsPerCall }) => cpuUsPerCall)),
      rssMib: median(each.map(({ rssMib }) => rssMib)),
    };
  });
};
