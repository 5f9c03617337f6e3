import { Annotations, Stack } from 'aws-cdk-lib';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../configuration/configuration.ts';
import { GreenApiLogout } from './green-api-logout.ts';
import type { GreenApiLogoutProps, GreenApiLogoutStackProps, NetworkIds } from './green-api-logout-props.ts';
import { longestName } from './settings.ts';

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

const importUnless = <Id>(given: object | undefined, id: Id | undefined, toProps: (id: Id) => GreenApiLogoutProps) =>
  given === undefined && id !== undefined ? toProps(id) : {};

/** @throws ConfigurationError when a bus, a dashboard and a group of schedules cannot have the name of the stack */
const nameOf = ({ stackName, node }: Stack): string => {
  if (stackName.length <= longestName) return stackName;
  throw new ConfigurationError(
    `${node.path}: the name of the stack has ${stackName.length} characters, but the name of a deployment at most ${longestName}. Set name, which names the bus, the dashboard and the group of schedules.`,
  );
};

/** A stack with one {@link GreenApiLogout}, and the outputs by which people and the command line find its parts. */
export class GreenApiLogoutStack extends Stack {
  readonly greenApiLogout: GreenApiLogout;

  constructor(scope: Construct, id: string, props: GreenApiLogoutStackProps = {}) {
    super(scope, id, { description: 'Logs messenger instances out of GREEN-API.', ...props });
    const { name = nameOf(this) } = props;
    // CDK leaves the id Default out of the resources' names.
    this.greenApiLogout = new GreenApiLogout(this, 'Default', { ...props, ...this.#import(props), name });
    this.greenApiLogout.addOutputs();
  }

  /** The CDK objects of what is known by its ARN or id alone. */
  #import(props: GreenApiLogoutStackProps): GreenApiLogoutProps {
    const { encryptionKeyArn, dataEncryptionKeyArn, network, alarmTopicArn } = props;
    return {
      ...importUnless(props.encryptionKey, encryptionKeyArn, (arn) => ({
        encryptionKey: Key.fromKeyArn(this, 'EncryptionKeyByArn', arn),
      })),
      ...importUnless(props.dataEncryptionKey, dataEncryptionKeyArn, (arn) => ({
        dataEncryptionKey: Key.fromKeyArn(this, 'DataEncryptionKeyByArn', arn),
      })),
      ...importUnless(props.vpc, network, (ids) => importNetwork(this, ids)),
      ...importUnless(props.alarmTopic, alarmTopicArn, (arn) => ({
        alarmTopic: Topic.fromTopicArn(this, 'AlarmTopicByArn', arn),
      })),
    };
  }
}
