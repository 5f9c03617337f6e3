import type { FaultName } from '../../../emulators/green-api/faults.ts';
import type { Method } from '../../../emulators/green-api/instance.ts';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { inParallel } from '../../../functions/platform/in-parallel.ts';
import type { BrokenHostName } from './broken-hosts.ts';
import type { FaultSetup } from './fault-setup.ts';
import { logOut, run } from './requests.ts';
import { selectedFaults } from './selected-faults.ts';

/** A fault of GREEN-API, or of the network on the way there. */
export type Fault = FaultName | BrokenHostName;

type Meeting = { readonly method?: Method; readonly wait?: number };

/** Which call of the logout function has the fault (one method, or every one), and how long its caller waits, in seconds. */
const atTheFunction = {
  logout: { method: 'logout', wait: 1 },
  unwaited: { method: 'logout', wait: 0 },
  reading: { method: 'getStateInstance', wait: 2 },
  every: { wait: 1 },
} as const satisfies Record<string, Meeting>;

/** Which call of a run has the fault. */
const inARun = {
  runLogout: { method: 'logout' },
  runReading: { method: 'getStateInstance' },
  runQueue: { method: 'clearMessagesQueue' },
  runEvery: {},
} as const satisfies Record<string, Meeting>;

export type FunctionColumn = keyof typeof atTheFunction;
export type RunColumn = keyof typeof inARun;

const functionColumns = Object.keys(atTheFunction) as readonly FunctionColumn[];
const runColumns = Object.keys(inARun) as readonly RunColumn[];

type Place<Column> = { readonly fault: Fault; readonly column: Column; readonly idInstance: string };

const addFaulty = (setup: FaultSetup, fault: FaultName, { method }: Meeting): string => {
  const idInstance = setup.addInstance();
  setup.greenApi.setFault(idInstance, fault, { delayMs: 100, ...(method && { method }) });
  return idInstance;
};

const addAt = (setup: FaultSetup, host: BrokenHostName): string =>
  setup.addInstance({ apiUrl: setup.hosts.apiUrlOf(host) });

/** Where there is no answer the time limit decides. */
const withoutAnswer: ReadonlySet<Fault> = new Set([
  'hang',
  'hang-in-body',
  'logged-out-but-hang',
  'token-changed-but-hang',
]);
/** Longer than a busy emulator takes to see a call, in milliseconds: a client that gave up before would be another fault. */
const limitMs = '6000';
/** The result of these depends on whether a connection was kept. */
const aboutConnections: ReadonlySet<Fault> = new Set([
  'reset',
  'reset-when-reused',
  'logged-out-but-reset',
  'token-changed-but-reset',
]);

/** The variables of the copy of the function, or of the run, for a fault that needs its own. */
const copyFor = ({ fault, column }: Place<FunctionColumn | RunColumn>): Readonly<Record<string, string>> => {
  if (withoutAnswer.has(fault)) return { GREEN_API_TIMEOUT_MS: limitMs };
  return aboutConnections.has(fault) ? { COPY: `${fault} ${column}` } : {};
};

/** Loads the copy of the function for a fault. */
const loadCopy = (setup: FaultSetup, place: Place<FunctionColumn>) =>
  logOut(setup, 'none', 0, { variables: copyFor(place) });

/** A function keeps a connection for five seconds: a busy machine may need several tries to use it in time. */
const mostTries = 20;

const isApart = (place: Place<FunctionColumn | RunColumn>) => Object.keys(copyFor(place)).length > 0;

/** Calls in flight at once, besides those that have a copy of their own: more would wait for the processor, and not for GREEN-API. */
const concurrency = 10;

export type FunctionCell = Awaited<ReturnType<typeof driveLogouts>>[number];

/** Drives every fault at the logout function. */
export const driveLogouts = async (setup: FaultSetup) => {
  const places: readonly Place<FunctionColumn>[] = [
    ...selectedFaults.greenApi.flatMap((fault) =>
      functionColumns.map((column) => ({ fault, column, idInstance: addFaulty(setup, fault, atTheFunction[column]) })),
    ),
    ...selectedFaults.hosts.flatMap((fault) =>
      (['unwaited', 'every'] as const).map((column) => ({ fault, column, idInstance: addAt(setup, fault) })),
    ),
  ];
  const drive = async (place: Place<FunctionColumn>) => {
    const options = { variables: copyFor(place) };
    return { ...place, answer: await logOut(setup, place.idInstance, atTheFunction[place.column].wait, options) };
  };
  /** Opens a connection first, and tries again with another instance if GREEN-API's emulator has seen no call on it. */
  const driveReusing = async (place: Place<FunctionColumn>, tries = 1): ReturnType<typeof drive> => {
    await logOut(setup, setup.addInstance(), 0, { variables: copyFor(place) });
    const cell = await drive(place);
    const method = place.column === 'reading' ? 'getStateInstance' : 'logout';
    const wasReset = setup.greenApi.callsOf(place.idInstance, method).some(({ status }) => status === undefined);
    if (wasReset || tries === mostTries) return cell;
    const idInstance = addFaulty(setup, 'reset-when-reused', atTheFunction[place.column]);
    return driveReusing({ ...place, idInstance }, tries + 1);
  };

  const apart = places.filter(isApart);
  for (const place of apart) await loadCopy(setup, place);
  // At once, for most of them only wait.
  const early = Promise.all(
    apart.map((place) => (place.fault === 'reset-when-reused' ? driveReusing(place) : drive(place))),
  );
  const others = await inParallel(
    concurrency,
    places.filter((place) => !isApart(place)),
    drive,
  );
  return [...(await early), ...others];
};

export type RunCell = Awaited<ReturnType<typeof driveRuns>>[number];

const isWithoutAnswer = (places: readonly Place<RunColumn>[]) => places.some(({ fault }) => withoutAnswer.has(fault));

const runTogether = async (setup: FaultSetup, places: readonly Place<RunColumn>[]) => {
  const instances = places.map(({ idInstance }) => idInstance as InstanceId);
  const clearQueue = places.some(({ column }) => column === 'runQueue');
  const [variables = {}] = places.map(copyFor);
  // Time for two rounds where each call lasts until its time limit, and for ten elsewhere.
  const options = { variables, ...(isWithoutAnswer(places) ? { seconds: 100, waitsTimes: 30 } : { seconds: 20 }) };
  const { outcomeOf } = await run(setup, { target: { instances }, clearQueue }, options);
  return places.map((place) => ({ ...place, outcome: outcomeOf(place.idInstance) }));
};

const placesIn = (setup: FaultSetup, column: RunColumn): readonly Place<RunColumn>[] => [
  ...selectedFaults.greenApi.map((fault) => ({ fault, column, idInstance: addFaulty(setup, fault, inARun[column]) })),
  ...(column === 'runEvery' ? selectedFaults.hosts : []).map((fault) => ({
    fault,
    column,
    idInstance: addAt(setup, fault),
  })),
];

/** Runs at once, besides those that only wait: GREEN-API's emulator shares this process with them. */
const runsAtOnce = 3;

/** Drives every fault in runs: few runs, each with many faults at once. */
export const driveRuns = async (setup: FaultSetup) => {
  const runs = runColumns.flatMap((column) => [
    ...Map.groupBy(placesIn(setup, column), (place) => JSON.stringify(copyFor(place))).values(),
  ]);
  const drive = (places: readonly Place<RunColumn>[]) => runTogether(setup, places);

  const waiting = Promise.all(runs.filter(isWithoutAnswer).map(drive));
  const others = await inParallel(
    runsAtOnce,
    runs.filter((places) => !isWithoutAnswer(places)),
    drive,
  );
  return [...(await waiting), ...others].flat();
};
