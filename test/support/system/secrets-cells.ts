import type { InstanceId } from '../../../functions/instances/instance-id.ts';
import { inParallel } from '../../../functions/runs/in-parallel.ts';
import type { FaultName } from '../../../local/emulators/secrets-manager/faults.ts';
import type { FaultWorld } from './fault-setup.ts';
import { malformedNames, malformedSecrets } from './malformed-secrets.ts';
import { list, logOut, type RunSeen, run } from './requests.ts';

type Planned = { readonly fault: FaultName; readonly times?: number };

/** Each fault for good, and some that pass. The SDK asks three times. */
export const secretTroubles = {
  'access-denied': { fault: 'access-denied' },
  'decryption-failure': { fault: 'decryption-failure' },
  'marked-for-deletion': { fault: 'marked-for-deletion' },
  throttled: { fault: 'throttled' },
  'throttled once': { fault: 'throttled', times: 1 },
  'throttled 4 times': { fault: 'throttled', times: 4 },
  'internal-error': { fault: 'internal-error' },
  'internal-error once': { fault: 'internal-error', times: 1 },
  reset: { fault: 'reset' },
  'reset once': { fault: 'reset', times: 1 },
  hang: { fault: 'hang' },
  'hang once': { fault: 'hang', times: 1 },
  slow: { fault: 'slow' },
} as const satisfies Record<string, Planned> & Record<FaultName, Planned>;

export type SecretTrouble = keyof typeof secretTroubles;

export const secretTroubleNames = Object.keys(secretTroubles) as readonly SecretTrouble[];

type Operation = 'GetSecretValue' | 'DescribeSecret' | 'ListSecrets';

/** Where names begin whose list meets a trouble; runs and the door each have their own. */
const beginningOf = (door: 'door' | 'run', trouble: SecretTrouble) => `${door}-${trouble.replaceAll(' ', '-')}/`;

const plant = ({ secretsManager }: FaultWorld, trouble: SecretTrouble, operation: Operation, secretId: string) =>
  secretsManager.setFault(operation, secretTroubles[trouble].fault, {
    ...secretTroubles[trouble],
    secretId,
    delayMs: 100,
  });

/** How often Secrets Manager was asked. */
const countCalls = ({ secretsManager }: FaultWorld, operation: Operation, secretId: string): number =>
  secretsManager.calls.filter((call) => call.operation === operation && call.secretId === secretId).length;

const secretOf = (idInstance: string) => `green-api/${idInstance}`;

/** The logout door reads the credential. */
const driveRead = async (world: FaultWorld, trouble: SecretTrouble) => {
  const idInstance = world.addInstance();
  plant(world, trouble, 'GetSecretValue', secretOf(idInstance));
  const answer = await logOut(world, idInstance, 1);
  return { idInstance, answer, calls: countCalls(world, 'GetSecretValue', secretOf(idInstance)) };
};

/** The logout door reads the credential once more, because GREEN-API rejected it. */
const driveReread = async (world: FaultWorld, trouble: SecretTrouble) => {
  const idInstance = world.addInstance();
  await logOut(world, idInstance, 0);
  const before = countCalls(world, 'GetSecretValue', secretOf(idInstance));
  plant(world, trouble, 'GetSecretValue', secretOf(idInstance));
  world.greenApi.setFault(idInstance, 'http-401-text');
  const remainingMs = trouble === 'hang' ? 6_500 : 29_000;
  const answer = await logOut(world, idInstance, 0, { remainingMs });
  return { idInstance, answer, calls: countCalls(world, 'GetSecretValue', secretOf(idInstance)) - before };
};

/** The instances door lists them. */
const driveList = async (world: FaultWorld, trouble: SecretTrouble) => {
  const beginning = beginningOf('door', trouble);
  world.addInstance({}, beginning);
  plant(world, trouble, 'ListSecrets', beginning);
  const answer = await list(world, beginning);
  return { answer, calls: countCalls(world, 'ListSecrets', beginning) };
};

type RunOfOne = { readonly idInstance: string; readonly run: RunSeen; readonly calls: number };

/** On the run's clock, in seconds; where there is no answer, its two rounds have less time than the SDK's three tries. */
const secondsFor = (trouble: SecretTrouble): number => (trouble === 'hang' ? 4 : 20);
/** The same for what has to be known before there is a round: one time-out tells enough. */
const secondsBefore = (trouble: SecretTrouble): number => (trouble === 'hang' ? 1 : 20);

/** A run of one instance reads its credential, or its tags. */
const driveRunOf = async (
  world: FaultWorld,
  trouble: SecretTrouble,
  operation: 'GetSecretValue' | 'DescribeSecret',
  seconds: number,
): Promise<RunOfOne> => {
  const idInstance = world.addInstance();
  plant(world, trouble, operation, secretOf(idInstance));
  const target = { instances: [idInstance as InstanceId] };
  const ended = await run(world, { target }, { seconds });
  return { idInstance, run: ended, calls: countCalls(world, operation, secretOf(idInstance)) };
};

/** A run of all instances lists them. */
const driveRunOfAll = async (world: FaultWorld, trouble: SecretTrouble): Promise<RunOfOne> => {
  const beginning = beginningOf('run', trouble);
  const idInstance = world.addInstance({}, beginning);
  plant(world, trouble, 'ListSecrets', beginning);
  const ended = await run(
    world,
    { target: { all: true } },
    { variables: { SECRET_PREFIX: beginning }, seconds: secondsBefore(trouble) },
  );
  return { idInstance, run: ended, calls: countCalls(world, 'ListSecrets', beginning) };
};

/** Every door that reads secrets meets one trouble. */
const driveSecretTrouble = async (world: FaultWorld, trouble: SecretTrouble) => {
  const [read, reread, listed, runRead, runTags, runList] = await Promise.all([
    driveRead(world, trouble),
    driveReread(world, trouble),
    driveList(world, trouble),
    driveRunOf(world, trouble, 'GetSecretValue', secondsFor(trouble)),
    driveRunOf(world, trouble, 'DescribeSecret', secondsBefore(trouble)),
    driveRunOfAll(world, trouble),
  ]);
  return { read, reread, list: listed, runRead, runTags, runList };
};

/** Troubles at once, besides the one that only waits: the SDK asks again when the stand-in takes 3 s. */
const concurrency = 2;

export type SecretCell = Awaited<ReturnType<typeof driveSecretTrouble>>;

/** Every door that reads secrets meets every trouble. */
export const driveSecretTroubles = async (world: FaultWorld): Promise<ReadonlyMap<SecretTrouble, SecretCell>> => {
  const drive = async (trouble: SecretTrouble) => [trouble, await driveSecretTrouble(world, trouble)] as const;

  const waiting = drive('hang');
  const others = await inParallel(
    concurrency,
    secretTroubleNames.filter((trouble) => trouble !== 'hang'),
    drive,
  );
  return new Map([await waiting, ...others]);
};

/** Secrets that cannot be used: at the logout door, and all of them in one run. */
export const driveMalformed = async (world: FaultWorld) => {
  const add = () =>
    malformedNames.map((name) => ({ name, idInstance: world.addInstance(malformedSecrets[name].secret) }));
  const inRun = add();
  const [answers, ended] = await Promise.all([
    Promise.all(add().map(async (one) => ({ ...one, answer: await logOut(world, one.idInstance, 1) }))),
    run(world, { target: { instances: inRun.map(({ idInstance }) => idInstance as InstanceId) } }),
  ]);
  return { answers, outcomes: inRun.map((one) => ({ ...one, outcome: ended.outcomeOf(one.idInstance) })) };
};
