/** GREEN-API's emulator in a process of its own, so that no other work delays its record of a request. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type FleetOptions, startFleetGreenApi } from './fleet.ts';

const parseOptions = (text = ''): FleetOptions => JSON.parse(text);

const greenApi = await startFleetGreenApi(parseOptions(process.argv[2]));

/** The shortest time between two requests of one instance and method, in milliseconds. */
const closestCalls = (calls: typeof greenApi.calls): number => {
  const lastAt = new Map<string, number>();
  return calls.reduce((closest, { at, method, idInstance }) => {
    const key = `${idInstance} ${method}`;
    const gap = at - (lastAt.get(key) ?? Number.NEGATIVE_INFINITY);
    lastAt.set(key, at);
    return Math.min(closest, gap);
  }, Number.POSITIVE_INFINITY);
};

const loopDelay = monitorEventLoopDelay({ resolution: 10 });
loopDelay.enable();

process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { calls, violations } = greenApi;
  process.send?.({
    calls: calls.length,
    called: [...new Set(calls.map(({ idInstance }) => idInstance))],
    violations,
    closestMs: closestCalls(calls),
    heldUpMs: loopDelay.max / 1e6,
  });
});
process.send?.({ apiUrl: greenApi.apiUrl });
