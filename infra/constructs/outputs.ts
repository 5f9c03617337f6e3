import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { outputKeys } from '../output-keys.ts';
import type { OutputOptions } from './green-api-logout-props.ts';

type Output = keyof typeof outputKeys;

const descriptions: Readonly<Record<Output, string>> = {
  endpoint: 'The HTTP API.',
  desk: 'The page for people who sign in: also the redirect address at the identity provider.',
  authorization: 'How callers of the HTTP API prove who they are.',
  eventBus: 'Offboarding events come in on this bus, outcome events go out.',
  eventBusArn: 'The same bus, for senders in other accounts.',
  secretPrefix: "How the names of the instances' secrets begin.",
  allowedApiHosts: 'Hosts besides those of GREEN-API that secrets may name.',
  encryptionKey: 'The key that encrypts the secrets.',
  runFunction: 'The function that executes runs.',
  watchFunction: 'The function that watches instances after a run.',
  runDeadLetters: 'Requests of runs that failed, were stopped or timed out.',
  rotateTokenFunction: 'The function that rotates tokens.',
  scheduleGroup: 'The schedules that start runs.',
  scheduleFunction: 'The function that starts the runs of schedules.',
  identityProviders: 'The identity providers and their kinds.',
  scheduleFailed: 'Schedules whose run could not be started.',
  scheduleUndelivered: 'Schedules that could not reach their function.',
  offboardingFunction: 'The function that starts the runs of leavers.',
  offboardingFailed: 'Events about leavers that started no run.',
  offboardingUndelivered: 'Events about leavers that could not reach their function.',
  alarmTopic: 'Where alarms are sent.',
  notificationTopics: 'Where people are told what happened.',
  notificationsUndelivered: 'Events that nobody could be told of.',
  dashboard: 'Logouts and runs, in CloudWatch.',
  evidenceLogGroup: 'Evidence; it stays when the stack is deleted.',
  evidenceVault: 'Evidence that nobody can alter; it is not deleted.',
  evidenceVaultRetention: 'How long the vault keeps each record at least.',
  evidenceVaultFunction: 'The function that stores evidence in the vault.',
  evidenceVaultFailed: 'Evidence that could not be stored in the vault.',
};

/** By output; `undefined` or empty if its subject does not exist in the deployment. */
export type OutputValues = Readonly<Record<Output, string | undefined>>;

const isOutput = (name: string): name is Output => name in outputKeys;

/** The outputs of one deployment. */
class Outputs extends Construct {
  static readonly id = 'Outputs';
  readonly prefix: string;

  constructor(scope: Construct, prefix: string) {
    super(scope, Outputs.id);
    this.prefix = prefix;
  }
}

/** @throws when CDK would refuse the outputs without saying what to do: they are there, or another deployment has their keys */
const checkIsFree = (scope: Construct, prefix: string): void => {
  const { path } = scope.node;
  if (scope.node.tryFindChild(Outputs.id) !== undefined)
    throw new Error(`${path} has its outputs: call addOutputs once. GreenApiLogoutStack calls it itself`);
  const stack = Stack.of(scope);
  const others = stack.node.findAll().filter((other): other is Outputs => other instanceof Outputs);
  if (others.some((other) => Stack.of(other) === stack && other.prefix === prefix))
    throw new Error(
      `${path}: another deployment of the stack has the prefix ${JSON.stringify(prefix)}. Give each a prefix of its own: addOutputs({ prefix: 'Sales' })`,
    );
};

/**
 * Adds the outputs by which people and the command line find a deployment.
 *
 * @throws when the prefix cannot begin a key, or is that of another deployment in the stack, and when the outputs are there
 */
export const addOutputs = (scope: Construct, values: OutputValues, { prefix = '' }: OutputOptions): void => {
  if (!/^(?:[A-Za-z][A-Za-z0-9]{0,63})?$/.test(prefix))
    throw new Error(`prefix must be up to 64 letters and digits, a letter first (got ${JSON.stringify(prefix)})`);
  checkIsFree(scope, prefix);
  const outputs = new Outputs(scope, prefix);
  for (const name of Object.keys(outputKeys).filter(isOutput)) {
    const [value, key] = [values[name], outputKeys[name]];
    if (value) new CfnOutput(outputs, key, { key: `${prefix}${key}`, value, description: descriptions[name] });
  }
};
