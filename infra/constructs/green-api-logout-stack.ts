import { Annotations, Stack } from 'aws-cdk-lib';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { GreenApiLogout } from './green-api-logout.ts';
import type { GreenApiLogoutProps, GreenApiLogoutStackProps, NetworkIds } from './green-api-logout-props.ts';

/** The network with these ids, as CDK objects. Zones and route tables are not known, and nothing here asks for them. */
const importNetwork = (
  scope: Construct,
  { vpcId, subnetIds, securityGroupIds }: NetworkIds,
): Pick<GreenApiLogoutProps, 'vpc' | 'vpcSubnets' | 'securityGroups'> => {
  const vpc = Vpc.fromVpcAttributes(scope, 'Network', { vpcId, availabilityZones: ['unknown'] });
  const subnets = subnetIds.map((id) => {
    const subnet = Subnet.fromSubnetId(vpc, id, id);
    Annotations.of(subnet).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId', 'Nothing reads it.');
    return subnet;
  });
  const securityGroups = securityGroupIds?.map((id) => SecurityGroup.fromSecurityGroupId(vpc, id, id));
  return { vpc, vpcSubnets: { subnets }, ...(securityGroups && { securityGroups }) };
};

/** A stack with one {@link GreenApiLogout}, and the outputs by which people and the command line find its parts. */
export class GreenApiLogoutStack extends Stack {
  readonly greenApiLogout: GreenApiLogout;

  constructor(scope: Construct, id: string, props: GreenApiLogoutStackProps = {}) {
    super(scope, id, { description: 'Logs messenger instances out of GREEN-API.', ...props });
    const { name = this.stackName } = props;
    // CDK leaves the id Default out of the resources' names.
    this.greenApiLogout = new GreenApiLogout(this, 'Default', { ...props, ...this.#import(props), name });
    this.greenApiLogout.addOutputs();
  }

  /** The CDK objects of what is known by its ARN or id alone. */
  #import(props: GreenApiLogoutStackProps): GreenApiLogoutProps {
    const { encryptionKeyArn, dataEncryptionKeyArn, network, alarmTopicArn } = props;
    return {
      ...(props.encryptionKey === undefined &&
        encryptionKeyArn !== undefined && {
          encryptionKey: Key.fromKeyArn(this, 'EncryptionKeyByArn', encryptionKeyArn),
        }),
      ...(props.dataEncryptionKey === undefined &&
        dataEncryptionKeyArn !== undefined && {
          dataEncryptionKey: Key.fromKeyArn(this, 'DataEncryptionKeyByArn', dataEncryptionKeyArn),
        }),
      ...(props.vpc === undefined && network !== undefined && importNetwork(this, network)),
      ...(props.alarmTopic === undefined &&
        alarmTopicArn !== undefined && { alarmTopic: Topic.fromTopicArn(this, 'AlarmTopicByArn', alarmTopicArn) }),
    };
  }
}
