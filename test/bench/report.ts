import { cpus } from 'node:os';
import { memorySizesMb } from './cold.ts';
import { assumed, costBeside, costOfNights, costPerMillion } from './cost.ts';
import type { FleetRun } from './fleet.ts';
import { find, fixed, type Measured, sumOf, table } from './tables.ts';
import { targetTable } from './targets.ts';

const coldTable = (measured: readonly Measured[]): string => {
  const empty = find(measured, 'empty handler').cold;
  const rows = measured.map(({ bundle, cold }) => [
    bundle.name,
    fixed(bundle.gzipBytes / 1_000),
    fixed(cold.init - empty.init),
    fixed(cold.initCpu - empty.initCpu),
    fixed(cold.firstCall),
    fixed(cold.firstCallCpu),
    fixed(sumOf(cold) - sumOf(empty)),
    memorySizesMb.map((memoryMb) => fixed(cold.firstCallAt[memoryMb], 0)).join(' / '),
    fixed(cold.rssMib, 0),
  ]);
  const head = ['bundle', 'gzip KB', 'init ms', 'init CPU ms', 'first call ms', 'its CPU ms', 'cold sum ms'];
  return table([...head, `first call ms at ${memorySizesMb.join(' / ')} MB`, 'RSS MiB'], rows);
};

const warmTable = (measured: readonly Measured[]): string =>
  table(
    [
      'bundle',
      'over the bare call, p50 µs',
      'p99 µs',
      '100 at once: calls/s',
      'of the ideal',
      'CPU µs per call',
      'RSS MiB',
    ],
    measured.flatMap(({ bundle, overhead, throughput }) =>
      overhead && throughput
        ? [
            [
              bundle.name,
              fixed(overhead.p50Us, 0),
              fixed(overhead.p99Us, 0),
              fixed(throughput.callsPerSecond, 0),
              `${fixed(throughput.shareOfIdeal * 100, 0)} %`,
              fixed(throughput.cpuUsPerCall, 0),
              fixed(throughput.rssMib, 0),
            ],
          ]
        : [],
    ),
  );

const costTable = (plain: Measured): string =>
  table(
    ['memory', 'billed ms', 'Lambda $', 'all, credential in memory $', 'all, secret read each time $'],
    memorySizesMb.map((memoryMb) => {
      const ownMs = ((plain.throughput?.cpuUsPerCall ?? 0) / 1_000) * (1_769 / memoryMb);
      const durationMs = Math.ceil(2 * assumed.answerMs + assumed.busMs + ownMs);
      const { lambda, withoutReads, total } = costPerMillion(memoryMb, durationMs);
      return [`${memoryMb} MB`, `${durationMs}`, fixed(lambda, 2), fixed(withoutReads, 2), fixed(total, 2)];
    }),
  );

const nightsTable = (fleet: FleetRun): string =>
  table(
    ['part', '$ a month'],
    Object.entries(costOfNights(fleet)).map(([part, dollars]) => [part, fixed(dollars, 2)]),
  );

export type Report = {
  readonly measured: readonly Measured[];
  readonly fleet: FleetRun;
  readonly throttled: boolean;
  readonly at: Date;
};

export const formatReport = ({ measured, fleet, throttled, at }: Report): string => `# Results

\`npm run bench\` on ${at.toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} cores (${process.arch}, ${process.platform}). Everything on one machine,
over HTTPS on the loopback interface; nothing here ran on AWS. Compare within a table: all rows of one table were measured in turn, and
the machine moves the absolute figures. Medians.

## Targets

${targetTable(measured)}

## Cold

Fresh processes under AWS's own runtime client (aws-lambda-ric 4.0.2, its native addon replaced by two pipes). Init and cold sum are above an
empty handler's; first calls are not. What a bundle leaves under way when its init ends is part of its first call. ${throttled ? 'After init the process is held to memory/1769 of a core.' : 'This machine offers no writable cgroup, so nothing was throttled.'}

${coldTable(measured)}

*host ready*: \`WARM_HOSTS\` names GREEN-API's host. *credential ready*: \`WARM_INSTANCES\` names the instance; its init then holds one read of a secret.
*confirmed, with event*: as it is deployed, with a reading of the state and an outcome event before it answers; no other row has them.
*confirmed twice*: as the command line calls it (\`wait=10\`), with a second reading. GREEN-API's limit keeps both 1.1 s apart, and this pause is part of the first call.
Not measured: \`@green-api/whatsapp-api-client\` 0.4.4 (asks for a version of \`fs\` that is not there to install) and
\`@green-api/whatsapp-api-client-js\` (not on npm).

## Warm

${warmTable(measured)}

*over the bare call*: the handler against a bare \`node:https\` call in the same process, in turn, 5,000 pairs per round. *100 at once*: 4,000 calls in one process to a
GREEN-API that takes 50 ms; the ideal is 2,000 a second.

## A run over ${fleet.instances} instances

${fixed(fleet.seconds)} s to ${fleet.status}, with a GREEN-API that takes 50 ms, two readings of each instance seconds apart, ${fleet.operations} durable operations,
${fixed(fleet.writtenBytes / 1e6)} MB of history, GREEN-API's limit broken ${fleet.limitBroken} times.

## Cost of a million logouts

Lambda on arm64 behind an HTTP API; each logout with an outcome event and an evidence record. Assumed: GREEN-API answers in
${assumed.answerMs} ms and is asked twice, the bus in ${assumed.busMs} ms. Each secret costs another $0.40 a month. Most prices are second-hand, and one is assumed:
\`cost.ts\` says of each where it is from.

${costTable(find(measured, 'green-api-logout'))}

Beside that: X-Ray, unless \`tracing\` is \`false\`, $${fixed(costBeside.traces.least, 2)} to $${fixed(costBeside.traces.most, 2)}; Lambda's own lines $${fixed(costBeside.lambdaLines, 2)}; the access log $${fixed(costBeside.accessLog, 2)}.

## Cost of 10,000 instances every night

${nightsTable(fleet)}
`;
