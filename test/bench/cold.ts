import { httpEventOf } from '../support/http-event.ts';
import type { Bundle } from './bundles.ts';
import type { CpuShare } from './cpu-share.ts';
import { type ColdStart, coldStart } from './lambda/cold-start.ts';
import { median } from './median.ts';

export const memorySizesMb = [128, 256, 512] as const;

export type Cold = ColdStart & { readonly firstCallAt: Readonly<Record<number, number>> };

const eventFor = ({ wait = 0 }: Bundle) =>
  httpEventOf({ pathParameters: { idInstance: '1101000001' }, headers: { prefer: `wait=${wait}` }, body: '{}' });

export type ColdOptions = {
  readonly rounds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly share: CpuShare | undefined;
};

const medians = (samples: readonly ColdStart[]): ColdStart => ({
  init: median(samples.map(({ init }) => init)),
  initCpu: median(samples.map(({ initCpu }) => initCpu)),
  firstCall: median(samples.map(({ firstCall }) => firstCall)),
  firstCallCpu: median(samples.map(({ firstCallCpu }) => firstCallCpu)),
  rssMib: median(samples.map(({ rssMib }) => rssMib)),
});

/** Fresh processes, every bundle once per round, so that a busy minute of the machine meets all alike. */
export const measureCold = async (
  bundles: readonly Bundle[],
  { rounds, environment, share }: ColdOptions,
): Promise<readonly Cold[]> => {
  const cases = bundles.map((bundle) => ({ bundle, full: [] as ColdStart[], held: new Map<number, number[]>() }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { bundle, full, held } of cases) {
      const options = {
        event: eventFor(bundle),
        folder: bundle.folder,
        environment: { ...environment, ...bundle.environment },
      };
      full.push(await coldStart(options));
      for (const memoryMb of share ? memorySizesMb : []) {
        const { firstCall } = await coldStart({ ...options, onReady: (pid) => share?.hold(pid, memoryMb) });
        held.set(memoryMb, [...(held.get(memoryMb) ?? []), firstCall]);
      }
    }
  }
  return cases.map(({ full, held }) => ({
    ...medians(full),
    firstCallAt: Object.fromEntries([...held].map(([memoryMb, samples]) => [memoryMb, median(samples)])),
  }));
};
