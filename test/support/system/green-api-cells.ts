import type { InstanceId } from '../../../functions/instances/instance-id.ts';
import { inParallel } from '../../../functions/runs/in-parallel.ts';
import { type FaultName, faultNames } from '../../../local/emulators/green-api/faults.ts';
import type { Method } from '../../../local/emulators/green-api/methods.ts';
import { type BrokenHostName, brokenHostNames } from './broken-hosts.ts';
import type { FaultWorld } from './fault-setup.ts';
import { logOut, run } from './requests.ts';

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

/** Where there is no answer the time limit decides. */
const withoutAnswer: ReadonlySet<Trouble> = new Set(['hang', 'hang-in-body', 'logged-out-but-hang']);
/** Longer than a busy stand-in takes to see a call, in milliseconds: a client that gave up before would meet another trouble. */
const limitMs = '6000';
/** What these come to depends on whether there was a connection to keep. */
const aboutConnections: ReadonlySet<Trouble> = new Set(['reset', 'reset-when-reused', 'logged-out-but-reset']);

/** The variables that make a copy of the door, or of the run, for a trouble that needs its own. */
const copyFor = ({ trouble, column }: Place<DoorColumn | RunColumn>): Readonly<Record<string, string>> => {
  if (withoutAnswer.has(trouble)) return { GREEN_API_TIMEOUT_MS: limitMs };
  return aboutConnections.has(trouble) ? { COPY: `${trouble} ${column}` } : {};
};

/** Loads the copy of the door for a trouble; where the trouble is about a connection that was kept, there is one. */
const loadCopy = async (world: FaultWorld, place: Place<DoorColumn>) => {
  const idInstance = place.trouble === 'reset-when-reused' ? world.addInstance() : 'none';
  await logOut(world, idInstance, 0, { variables: copyFor(place) });
};

const isApart = (place: Place<DoorColumn | RunColumn>) => Object.keys(copyFor(place)).length > 0;

/** Calls in flight at once, besides those that have a copy of their own: more would wait for the processor, and not for GREEN-API. */
const concurrency = 10;

export type DoorCell = Awaited<ReturnType<typeof driveLogouts>>[number];

/** Lets the logout door meet every trouble. */
export const driveLogouts = async (world: FaultWorld) => {
  const places: readonly Place<DoorColumn>[] = [
    ...faultNames.flatMap((trouble) =>
      doorColumns.map((column) => ({ trouble, column, idInstance: addFaulty(world, trouble, atTheDoor[column]) })),
    ),
    ...brokenHostNames.flatMap((trouble) =>
      (['unwaited', 'every'] as const).map((column) => ({ trouble, column, idInstance: addAt(world, trouble) })),
    ),
  ];
  const meet = async (place: Place<DoorColumn>) => {
    const options = { variables: copyFor(place) };
    return { ...place, answer: await logOut(world, place.idInstance, atTheDoor[place.column].wait, options) };
  };

  const apart = places.filter(isApart);
  for (const place of apart) await loadCopy(world, place);
  // At once, for most of them only wait, and no connection is kept for ever.
  const early = Promise.all(apart.map(meet));
  const others = await inParallel(
    concurrency,
    places.filter((place) => !isApart(place)),
    meet,
  );
  return [...(await early), ...others];
};

export type RunCell = Awaited<ReturnType<typeof driveRuns>>[number];

const isWithoutAnswer = (places: readonly Place<RunColumn>[]) =>
  places.some(({ trouble }) => withoutAnswer.has(trouble));

const runTogether = async (world: FaultWorld, places: readonly Place<RunColumn>[]) => {
  const instances = places.map(({ idInstance }) => idInstance as InstanceId);
  const clearQueue = places.some(({ column }) => column === 'runQueue');
  const [variables = {}] = places.map(copyFor);
  // Time for two rounds where each call lasts until its time limit, and for ten elsewhere.
  const options = { variables, ...(isWithoutAnswer(places) ? { seconds: 100, waitsTimes: 30 } : { seconds: 20 }) };
  const { outcomeOf } = await run(world, { target: { instances }, clearQueue }, options);
  return places.map((place) => ({ ...place, outcome: outcomeOf(place.idInstance) }));
};

const placesIn = (world: FaultWorld, column: RunColumn): readonly Place<RunColumn>[] => [
  ...faultNames.map((trouble) => ({ trouble, column, idInstance: addFaulty(world, trouble, inARun[column]) })),
  ...(column === 'runEvery' ? brokenHostNames : []).map((trouble) => ({
    trouble,
    column,
    idInstance: addAt(world, trouble),
  })),
];

/** Runs at once, besides those that only wait: GREEN-API's stand-in shares this process with them. */
const runsAtOnce = 3;

/** Lets runs meet every trouble: few runs, so that many troubles meet each at once. */
export const driveRuns = async (world: FaultWorld) => {
  const runs = runColumns.flatMap((column) => [
    ...Map.groupBy(placesIn(world, column), (place) => JSON.stringify(copyFor(place))).values(),
  ]);
  const drive = (places: readonly Place<RunColumn>[]) => runTogether(world, places);

  const waiting = Promise.all(runs.filter(isWithoutAnswer).map(drive));
  const others = await inParallel(
    runsAtOnce,
    runs.filter((places) => !isWithoutAnswer(places)),
    drive,
  );
  return [...(await waiting), ...others].flat();
};
