import type { FaultName } from '../../../emulators/green-api/faults.ts';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { httpEventOf } from '../http-event.ts';
import { markerToken } from '../logout-setup.ts';
import { bundleOf } from './bundle-of.ts';
import type { FaultSetup } from './fault-setup.ts';
import { reason, run } from './requests.ts';

/** What updateApiToken may meet: nothing, a lost answer, and refusals of each kind. */
const faults: readonly (FaultName | undefined)[] = [
  undefined,
  'token-changed-but-500',
  'token-changed-but-reset',
  'token-changed-but-empty-object',
  'http-500',
  'code-401',
];

const addInstance = (setup: FaultSetup, fault: FaultName | undefined): string => {
  const idInstance = setup.addInstance();
  if (fault !== undefined) setup.greenApi.setFault(idInstance, fault, { method: 'updateApiToken' });
  return idInstance;
};

const afterLogout = (setup: FaultSetup, idInstance: string) => {
  const body = JSON.stringify({ reason, rotateToken: true });
  const event = httpEventOf({ pathParameters: { idInstance }, headers: { prefer: 'wait=10' }, body });
  return setup.functions.call(bundleOf('logout'), event);
};

const bySecretsManager = async (setup: FaultSetup, idInstance: string) => {
  const answers: unknown[] = [];
  for (const Step of ['createSecret', 'testSecret', 'finishSecret']) {
    const event = { Step, SecretId: `green-api/${idInstance}`, ClientRequestToken: 'c'.repeat(36) };
    answers.push(await setup.functions.call(bundleOf('rotate-token'), event));
  }
  return answers;
};

const inRun = async (setup: FaultSetup, instances: readonly string[]) => {
  const target = { instances: instances as readonly InstanceId[] };
  const { ending, outcomeOf } = await run(setup, { target, rotateToken: true }, { seconds: 600 });
  return [ending, ...instances.map(outcomeOf)];
};

/** On a busy machine the time of a function may be over before it changes a token: then it is called for other instances. */
const mostTries = 10;

/** Adds an instance for each fault, and rotates their tokens until each has changed that the fault lets change. */
const untilChanged = async (
  setup: FaultSetup,
  ofInstances: readonly (FaultName | undefined)[],
  rotate: (instances: readonly string[]) => Promise<unknown>,
  tries = 1,
): Promise<unknown> => {
  const instances = ofInstances.map((fault) => addInstance(setup, fault));
  const answer = await rotate(instances);
  const isMissing = ofInstances.some((fault, at) => {
    const isChanged = setup.greenApi.tokenOf(instances[at] ?? '') !== markerToken;
    return !isChanged && (fault === undefined || fault.startsWith('token-changed'));
  });
  return isMissing && tries < mostTries ? untilChanged(setup, ofInstances, rotate, tries + 1) : answer;
};

/** Rotates tokens in each way, with every fault. Gives what the functions answered or threw, and what became of a run. */
export const driveRotations = (setup: FaultSetup): Promise<readonly unknown[]> =>
  Promise.all([
    untilChanged(setup, faults, (instances) => inRun(setup, instances)),
    ...faults.flatMap((fault) =>
      [afterLogout, bySecretsManager].map((rotate) =>
        untilChanged(setup, [fault], ([idInstance = '']) => rotate(setup, idInstance)),
      ),
    ),
  ]);
