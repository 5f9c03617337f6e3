import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { inParallel } from '../../../functions/platform/in-parallel.ts';
import type { FaultSetup } from './fault-setup.ts';
import { malformedSecrets } from './malformed-secrets.ts';
import { list, logOut, type RunSeen, run } from './requests.ts';
import { type SecretFault, secretFaults } from './secret-faults.ts';
import { selectedFaults } from './selected-faults.ts';

type Operation = 'GetSecretValue' | 'DescribeSecret' | 'ListSecrets';

/** The prefix of the names whose list has a fault; runs and the function each have their own. */
const beginningOf = (column: 'function' | 'run', fault: SecretFault) => `${column}-${fault.replaceAll(' ', '-')}/`;

const plant = ({ secretsManager }: FaultSetup, fault: SecretFault, operation: Operation, secretId: string) =>
  secretsManager.setFault(operation, secretFaults[fault].fault, {
    ...secretFaults[fault],
    secretId,
    delayMs: 100,
  });

/** How often Secrets Manager was called. */
const countCalls = ({ secretsManager }: FaultSetup, operation: Operation, secretId: string): number =>
  secretsManager.calls.filter((call) => call.operation === operation && call.secretId === secretId).length;

const secretOf = (idInstance: string) => `green-api/${idInstance}`;

/** The logout function reads the credential. */
const driveRead = async (setup: FaultSetup, fault: SecretFault) => {
  const idInstance = setup.addInstance();
  plant(setup, fault, 'GetSecretValue', secretOf(idInstance));
  const answer = await logOut(setup, idInstance, 1);
  return { idInstance, answer, calls: countCalls(setup, 'GetSecretValue', secretOf(idInstance)) };
};

/** The logout function reads the credential once more, because GREEN-API rejected it. */
const driveReread = async (setup: FaultSetup, fault: SecretFault) => {
  const idInstance = setup.addInstance();
  await logOut(setup, idInstance, 0);
  const before = countCalls(setup, 'GetSecretValue', secretOf(idInstance));
  plant(setup, fault, 'GetSecretValue', secretOf(idInstance));
  setup.greenApi.setFault(idInstance, 'http-401-text');
  const remainingMs = fault === 'hang' ? 6_500 : 29_000;
  const answer = await logOut(setup, idInstance, 0, { remainingMs });
  return { idInstance, answer, calls: countCalls(setup, 'GetSecretValue', secretOf(idInstance)) - before };
};

/** The instances function lists them. */
const driveList = async (setup: FaultSetup, fault: SecretFault) => {
  const beginning = beginningOf('function', fault);
  setup.addInstance({}, beginning);
  plant(setup, fault, 'ListSecrets', beginning);
  const answer = await list(setup, beginning);
  return { answer, calls: countCalls(setup, 'ListSecrets', beginning) };
};

type RunOfOne = { readonly idInstance: string; readonly run: RunSeen; readonly calls: number };

/** On the run's clock, in seconds; where there is no answer, its two rounds have less time than the SDK's three tries. */
const secondsFor = (fault: SecretFault): number => (fault === 'hang' ? 4 : 20);
/** The same for what has to be known before there is a round: one time-out tells enough. */
const secondsBefore = (fault: SecretFault): number => (fault === 'hang' ? 1 : 20);

/** Where each attempt at the list really waits for its time-out, the pauses between them leave time for few. */
const waitsTimesFor = (fault: SecretFault): number => (fault === 'hang' ? 1_000 : 1);

/** A run of one instance reads its credential, or its tags. */
const driveRunOf = async (
  setup: FaultSetup,
  fault: SecretFault,
  operation: 'GetSecretValue' | 'DescribeSecret',
  seconds: number,
): Promise<RunOfOne> => {
  const idInstance = setup.addInstance();
  plant(setup, fault, operation, secretOf(idInstance));
  const target = { instances: [idInstance as InstanceId] };
  const ended = await run(setup, { target }, { seconds });
  return { idInstance, run: ended, calls: countCalls(setup, operation, secretOf(idInstance)) };
};

/** A run of all instances lists them. */
const driveRunOfAll = async (setup: FaultSetup, fault: SecretFault): Promise<RunOfOne> => {
  const beginning = beginningOf('run', fault);
  const idInstance = setup.addInstance({}, beginning);
  plant(setup, fault, 'ListSecrets', beginning);
  const ended = await run(
    setup,
    { target: { all: true } },
    { variables: { SECRET_PREFIX: beginning }, seconds: secondsBefore(fault), waitsTimes: waitsTimesFor(fault) },
  );
  return { idInstance, run: ended, calls: countCalls(setup, 'ListSecrets', beginning) };
};

/** Drives one fault at every function that reads secrets. */
const driveSecretFault = async (setup: FaultSetup, fault: SecretFault) => {
  const [read, reread, listed, runRead, runTags, runList] = await Promise.all([
    driveRead(setup, fault),
    driveReread(setup, fault),
    driveList(setup, fault),
    driveRunOf(setup, fault, 'GetSecretValue', secondsFor(fault)),
    driveRunOf(setup, fault, 'DescribeSecret', secondsBefore(fault)),
    driveRunOfAll(setup, fault),
  ]);
  return { read, reread, list: listed, runRead, runTags, runList };
};

/** Faults at once: the SDK asks again when the emulator takes 3 s. */
const concurrency = 2;

export type SecretCell = Awaited<ReturnType<typeof driveSecretFault>>;

/** Drives these faults at every function that reads secrets. */
export const driveSecretFaults = async (
  setup: FaultSetup,
  faults: readonly SecretFault[],
): Promise<ReadonlyMap<SecretFault, SecretCell>> =>
  new Map(
    await inParallel(concurrency, faults, async (fault) => [fault, await driveSecretFault(setup, fault)] as const),
  );

export type MalformedCells = Awaited<ReturnType<typeof driveMalformed>>;

/** Secrets that cannot be used: at the logout function, and all of them in one run. */
export const driveMalformed = async (setup: FaultSetup) => {
  const add = () =>
    selectedFaults.malformed.map((name) => ({ name, idInstance: setup.addInstance(malformedSecrets[name].secret) }));
  const inRun = add();
  const [answers, ended] = await Promise.all([
    Promise.all(add().map(async (one) => ({ ...one, answer: await logOut(setup, one.idInstance, 1) }))),
    run(setup, { target: { instances: inRun.map(({ idInstance }) => idInstance as InstanceId) } }),
  ]);
  return { answers, outcomes: inRun.map((one) => ({ ...one, outcome: ended.outcomeOf(one.idInstance) })) };
};
