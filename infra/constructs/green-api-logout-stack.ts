import { Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
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
    this.greenApiLogout.addOutputs();
  }
}
