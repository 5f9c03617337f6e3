import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../../functions/forced-logout/in-parallel.ts';
import type { InstanceId } from '../../functions/instances/instance-id.ts';
import { type FaultName, faultNames } from '../../infra/local/green-api/faults.ts';
import type { Method } from '../../infra/local/green-api/methods.ts';
import { logOut, run } from './asking.ts';
import { type BrokenHostName, brokenHostNames } from './broken-hosts.ts';
import type { FaultWorld } from './fault-world.ts';

/** What meets an instance at GREEN-API, or on the way there. */
export type Trouble = FaultName | BrokenHostName;

type Meeting = { readonly method?: Method; readonly wait?: number };

/** Where the logout door meets a trouble (at one method, or at every one), and how long its caller waits, in seconds. */
const atTheDoor = {
  logout: { method: 'logout', wait: 1 },
  unwaited: { method: 'logout', wait: 0 },
  reading: { method: 'getStateInstance', wait: 2 },
  every: { wait: 1 },
} as const satisfies Record<string, Meeting>;

/** Where a run meets it. */
const inARun = {
  runLogout: { method: 'logout' },
  runReading: { method: 'getStateInstance' },
  runQueue: { method: 'clearMessagesQueue' },
  runEvery: {},
} as const satisfies Record<string, Meeting>;

export type DoorColumn = keyof typeof atTheDoor;
export type RunColumn = keyof typeof inARun;

const doorColumns = Object.keys(atTheDoor) as readonly DoorColumn[];
const runColumns = Object.keys(inARun) as readonly RunColumn[];

type Place<Column> = { readonly trouble: Trouble; readonly column: Column; readonly idInstance: string };

const addFaulty = (world: FaultWorld, fault: FaultName, { method }: Meeting): string => {
  const idInstance = world.addInstance();
  world.greenApi.setFault(idInstance, fault, { delayMs: 100, ...(method && { method }) });
  return idInstance;
};

const addAt = (world: FaultWorld, host: BrokenHostName): string =>
  world.addInstance({ apiUrl: world.hosts.apiUrlOf(host) });

/** Where there is no answer the time limit decides; everywhere else it is long, so that a busy machine changes nothing. */
const withoutAnswer: ReadonlySet<Trouble> = new Set(['hang', 'hang-in-body', 'logged-out-but-hang']);
/** Longer where the logout itself is answered, and has to be in time. */
const limitsMs = {
  logout: '2500',
  unwaited: '2500',
  reading: '5000',
  every: '2500',
  runLogout: '2500',
  runReading: '5000',
  runQueue: '5000',
  runEvery: '2500',
} as const satisfies Record<DoorColumn | RunColumn, string>;
/** What these come to depends on whether there was a connection to keep. */
const aboutConnections: ReadonlySet<Trouble> = new Set(['reset', 'reset-when-reused', 'logged-out-but-reset']);

/** The variables that make a copy of the door, or of the run, for a trouble that needs its own. */
const copyFor = ({ trouble, column }: Place<DoorColumn | RunColumn>): Readonly<Record<string, string>> => {
  if (withoutAnswer.has(trouble)) return { GREEN_API_TIMEOUT_MS: limitsMs[column] };
  return aboutConnections.has(trouble) ? { COPY: `${trouble} ${column}` } : {};
};

/** Loads the copy of the door for a trouble; where the trouble is about a connection that was kept, there is one. */
const loadCopy = async (world: FaultWorld, place: Place<DoorColumn>) => {
  const idInstance = place.trouble === 'reset-when-reused' ? world.addInstance() : 'none';
  await logOut(world, idInstance, 0, { variables: copyFor(place) });
};

/** Calls in flight at once: more would wait for the processor, and not for GREEN-API. */
const concurrency = 40;

export type DoorCell = Awaited<ReturnType<typeof driveLogouts>>[number];

/** Prepares that the logout door meets every trouble: the doors that takes are loaded when it resolves. */
export const prepareLogouts = async (world: FaultWorld) => {
  const places: readonly Place<DoorColumn>[] = [
    ...faultNames.flatMap((trouble) =>
      doorColumns.map((column) => ({ trouble, column, idInstance: addFaulty(world, trouble, atTheDoor[column]) })),
    ),
    ...brokenHostNames.flatMap((trouble) =>
      (['unwaited', 'every'] as const).map((column) => ({ trouble, column, idInstance: addAt(world, trouble) })),
    ),
  ];
  for (const place of places.filter((each) => Object.keys(copyFor(each)).length > 0)) await loadCopy(world, place);
  return places;
};

/** Lets the logout door meet every trouble. */
export const driveLogouts = (world: FaultWorld, places: Awaited<ReturnType<typeof prepareLogouts>>) =>
  inParallel(concurrency, places, async (place) => {
    const options = { variables: copyFor(place) };
    return { ...place, answer: await logOut(world, place.idInstance, atTheDoor[place.column].wait, options) };
  });

export type RunCell = Awaited<ReturnType<typeof driveRuns>>[number];

const runTogether = async (world: FaultWorld, places: readonly Place<RunColumn>[]) => {
  const instances = places.map(({ idInstance }) => idInstance as InstanceId);
  const clearQueue = places.some(({ column }) => column === 'runQueue');
  const isSlow = places.some(({ trouble }) => withoutAnswer.has(trouble));
  const [variables = {}] = places.map(copyFor);
  const { outcomeOf } = await run(
    world,
    { target: { instances }, clearQueue },
    { variables, seconds: isSlow ? 5 : 20 },
  );
  return places.map((place) => ({ ...place, outcome: outcomeOf(place.idInstance) }));
};

const driveRun = async (world: FaultWorld, column: RunColumn) => {
  const places: readonly Place<RunColumn>[] = [
    ...faultNames.map((trouble) => ({ trouble, column, idInstance: addFaulty(world, trouble, inARun[column]) })),
    ...(column === 'runEvery' ? brokenHostNames : []).map((trouble) => ({
      trouble,
      column,
      idInstance: addAt(world, trouble),
    })),
  ];
  const runs = Map.groupBy(places, (place) => JSON.stringify(copyFor(place)));
  return (await Promise.all([...runs.values()].map((each) => runTogether(world, each)))).flat();
};

/** Time from one column's start to the next one's, in milliseconds: GREEN-API's stand-in shares this process with the runs. */
const columnStartMs = 700;

/** Lets runs meet every trouble: few runs, so that many troubles meet each at once. */
export const driveRuns = async (world: FaultWorld) => {
  const columns = runColumns.map(async (column, index) => {
    await sleep(index * columnStartMs);
    return driveRun(world, column);
  });
  return (await Promise.all(columns)).flat();
};
