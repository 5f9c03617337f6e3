import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundles } from './bundles.ts';
import { measureCold } from './cold.ts';
import { createCpuShare } from './cpu-share.ts';
import { startEmulators } from './emulators.ts';
import { measureFleetRun } from './fleet.ts';
import { formatReport } from './report.ts';
import { measureOverhead, measureThroughput } from './warm/measure.ts';

const say = (text: string) => process.stderr.write(`${text}\n`);

const folder = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
const share = createCpuShare();
await using emulators = await startEmulators();
const bundles = await buildBundles(folder, emulators.environment);
// One row of each bundle: what is made ready before the first call makes no difference later.
const warm = bundles.filter(({ environment, name }) => environment === undefined && name !== 'empty handler');

say('cold starts …');
const cold = await measureCold(bundles, { rounds: 15, environment: emulators.environment, share });
say('warm calls …');
const overheads = await measureOverhead(warm, 3, emulators);
say('100 calls at once …');
const throughputs = await measureThroughput(warm, 2, emulators);
say('a run over 1,000 instances …');
const fleet = await measureFleetRun();

const measured = bundles.map((bundle, index) => {
  const found = cold[index];
  if (found === undefined) throw new Error(`${bundle.name} was not measured`);
  return {
    bundle,
    cold: found,
    overhead: overheads[warm.indexOf(bundle)],
    throughput: throughputs[warm.indexOf(bundle)],
  };
});
const report = formatReport({ measured, fleet, throttled: share !== undefined, at: new Date() });
writeFileSync(join(import.meta.dirname, 'RESULTS.md'), report);
process.stdout.write(report);
share?.[Symbol.dispose]();
rmSync(folder, { recursive: true, force: true });
