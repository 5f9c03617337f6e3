/** GREEN-API's emulator in a process of its own, so that no other work delays its record of a request. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { closestCalls } from './closest-calls.ts';
import { type FleetOptions, startFleetGreenApi } from './fleet.ts';

const parseOptions = (text = ''): FleetOptions => JSON.parse(text);

const greenApi = await startFleetGreenApi(parseOptions(process.argv[2]));
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
