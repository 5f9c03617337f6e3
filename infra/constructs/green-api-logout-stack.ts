import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { outputKeys } from '../output-keys.ts';
import { GreenApiLogout } from './green-api-logout.ts';
import type { GreenApiLogoutStackProps } from './green-api-logout-props.ts';

/** A stack with one {@link GreenApiLogout}, and the outputs by which people and the command line find its parts. */
export class GreenApiLogoutStack extends Stack {
  readonly greenApiLogout: GreenApiLogout;

  constructor(scope: Construct, id: string, props: GreenApiLogoutStackProps = {}) {
    super(scope, id, { description: 'Logs messenger instances out of GREEN-API.', ...props });
    const { encryptionKey, encryptionKeyArn, alarmTopic, alarmTopicArn, name = this.stackName } = props;
    // CDK leaves the id Default out of the resources' names.
    this.greenApiLogout = new GreenApiLogout(this, 'Default', {
      ...props,
      name,
      ...(encryptionKey === undefined &&
        encryptionKeyArn !== undefined && {
          encryptionKey: Key.fromKeyArn(this, 'EncryptionKeyByArn', encryptionKeyArn),
        }),
      ...(alarmTopic === undefined &&
        alarmTopicArn !== undefined && { alarmTopic: Topic.fromTopicArn(this, 'AlarmTopicByArn', alarmTopicArn) }),
    });
    this.#addOutputs(this.greenApiLogout, props);
  }

  #addOutputs(logout: GreenApiLogout, props: GreenApiLogoutStackProps): void {
    const add = this.#addOutput.bind(this);

    add('endpoint', logout.endpoint, 'The HTTP API.');
    add('authorization', logout.authorizationType, 'How callers of the HTTP API prove who they are.');
    add('eventBus', logout.eventBus.eventBusName, 'Offboarding events come in on this bus, outcome events go out.');
    add('eventBusArn', logout.eventBus.eventBusArn, 'The same bus, for senders in other accounts.');
    add('secretPrefix', logout.secretPrefix, "How the names of the instances' secrets begin.");
    add('runFunction', logout.runFunction.functionName, 'The function that executes runs.');
    add('watchFunction', logout.watchFunction.functionName, 'The function that watches instances after a run.');
    add('runDeadLetters', logout.runDeadLetters.queueUrl, 'Requests of runs that failed, were stopped or timed out.');
    add('scheduleGroup', logout.scheduleGroup.scheduleGroupName, 'The schedules that start runs.');
    add('scheduleFailed', logout.scheduleFailed.queueUrl, 'Schedules whose run could not be started.');
    add('offboardingFailed', logout.offboardingFailed.queueUrl, 'Events about leavers that started no run.');
    add('dashboard', logout.dashboard.dashboardName, 'Logouts and runs, in CloudWatch.');
    add('evidenceLogGroup', logout.evidenceLogGroup.logGroupName, 'Evidence; it stays when the stack is deleted.');
    this.#addOptionalOutputs(logout, props);
  }

  #addOptionalOutputs(logout: GreenApiLogout, props: GreenApiLogoutStackProps): void {
    const { encryptionKey, encryptionKeyArn } = props;
    const add = (key: keyof typeof outputKeys, value: string | undefined, description: string) =>
      value ? this.#addOutput(key, value, description) : undefined;

    add('allowedApiHosts', logout.allowedApiHosts.join(','), 'Hosts besides those of GREEN-API that secrets may name.');
    add('encryptionKey', encryptionKey?.keyArn ?? encryptionKeyArn, 'The key that encrypts the secrets.');
    add('rotateTokenFunction', logout.rotateTokenFunction?.functionArn, 'The function that rotates tokens.');
    add('evidenceVault', logout.evidenceVault?.bucketName, 'Evidence that nobody can alter; it is not deleted.');
    add('evidenceVaultRetention', logout.evidenceVaultRetention, 'How long the vault keeps each record at least.');
    add('alarmTopic', logout.alarmTopic?.topicArn, 'Where alarms are sent.');
  }

  #addOutput(key: keyof typeof outputKeys, value: string, description: string): void {
    new CfnOutput(this, outputKeys[key], { key: outputKeys[key], value, description });
  }
}
