import type { FaultName } from '../../../emulators/green-api/faults.ts';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { httpEventOf } from '../http-event.ts';
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
  return setup.functions.call(setup.bundles.of('logout'), event);
};

const bySecretsManager = async (setup: FaultSetup, idInstance: string) => {
  const answers: unknown[] = [];
  for (const Step of ['createSecret', 'testSecret', 'finishSecret']) {
    const event = { Step, SecretId: `green-api/${idInstance}`, ClientRequestToken: 'c'.repeat(36) };
    answers.push(await setup.functions.call(setup.bundles.of('rotate-token'), event));
  }
  return answers;
};

const inRun = async (setup: FaultSetup) => {
  const instances = faults.map((fault) => addInstance(setup, fault) as InstanceId);
  const { ending, outcomeOf } = await run(setup, { target: { instances }, rotateToken: true }, { seconds: 600 });
  return [ending, ...instances.map(outcomeOf)];
};

/** Rotates tokens in each way, with every fault. Gives what the functions answered or threw, and what became of a run. */
export const driveRotations = (setup: FaultSetup): Promise<readonly unknown[]> =>
  Promise.all([
    inRun(setup),
    ...faults.flatMap((fault) =>
      [afterLogout, bySecretsManager].map((rotate) => rotate(setup, addInstance(setup, fault))),
    ),
  ]);
