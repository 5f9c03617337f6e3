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
    const { encryptionKeyArn, alarmTopicArn, name = this.stackName } = props;
    // CDK leaves the id Default out of names, so that they say what a resource is and not where it is.
    this.greenApiLogout = new GreenApiLogout(this, 'Default', {
      ...(encryptionKeyArn !== undefined && {
        encryptionKey: Key.fromKeyArn(this, 'EncryptionKeyByArn', encryptionKeyArn),
      }),
      ...(alarmTopicArn !== undefined && { alarmTopic: Topic.fromTopicArn(this, 'AlarmTopicByArn', alarmTopicArn) }),
      ...props,
      name,
    });
    this.#addOutputs(this.greenApiLogout, props);
  }

  #addOutputs(
    logout: GreenApiLogout,
    { allowedApiHosts = [], encryptionKey, encryptionKeyArn }: GreenApiLogoutStackProps,
  ): void {
    const add = (key: keyof typeof outputKeys, value: string, description: string) =>
      new CfnOutput(this, outputKeys[key], { key: outputKeys[key], value, description });

    add('endpoint', logout.endpoint, 'The HTTP API.');
    add('authorization', logout.authorizationType, 'How callers of the HTTP API prove who they are.');
    add('eventBus', logout.eventBus.eventBusName, 'Offboarding events come in on this bus, outcome events go out.');
    add('eventBusArn', logout.eventBus.eventBusArn, 'The same bus, for senders in other accounts.');
    add('secretPrefix', logout.secretPrefix, "How the names of the instances' secrets begin.");
    add('runFunction', logout.runFunction.functionName, 'The function that executes runs.');
    add('runDeadLetters', logout.runDeadLetters.queueUrl, 'Requests of runs that failed, were stopped or timed out.');
    add('scheduleGroup', logout.scheduleGroup.scheduleGroupName, 'The schedules that start runs.');
    add('scheduleFailed', logout.scheduleFailed.queueUrl, 'Schedules whose run could not be started.');
    add('offboardingFailed', logout.offboardingFailed.queueUrl, 'Events about leavers that started no run.');
    add('dashboard', logout.dashboard.dashboardName, 'Logouts and runs, in CloudWatch.');
    add('evidenceLogGroup', logout.evidenceLogGroup.logGroupName, 'Evidence; it stays when the stack is deleted.');
    const hosts = allowedApiHosts.join(',');
    if (hosts !== '') add('allowedApiHosts', hosts, 'Hosts besides those of GREEN-API that secrets may name.');
    const keyArn = encryptionKey?.keyArn ?? encryptionKeyArn;
    if (keyArn !== undefined) add('encryptionKey', keyArn, 'The key that encrypts the secrets.');
    const { alarmTopic, evidenceVault } = logout;
    if (evidenceVault !== undefined)
      add(
        'evidenceVault',
        evidenceVault.bucketName,
        'Evidence that nobody can alter; it stays when the stack is deleted.',
      );
    if (alarmTopic !== undefined) add('alarmTopic', alarmTopic.topicArn, 'Where alarms are sent.');
  }
}
