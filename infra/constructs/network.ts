import { Aws } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ConfigurationError, type Settings } from '../configuration/configuration.ts';
import { grantWildcard } from './grant.ts';
import type { GreenApiLogoutProps } from './green-api-logout-props.ts';

/** The network that the functions run in. */
export type Network = {
  readonly vpc: IVpc;
  readonly vpcSubnets?: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
};

/** The ports of GREEN-API, of AWS, and of the allowed hosts. */
const portsOf = ({ allowedApiHosts }: Settings): ReadonlySet<number> =>
  new Set([443, ...allowedApiHosts.map((host) => Number(host.split(':')[1] ?? 443))]);

const createSecurityGroup = (scope: Construct, vpc: IVpc, settings: Settings): SecurityGroup => {
  const group = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    allowAllOutbound: false,
    description: 'Functions that log instances out of GREEN-API',
  });
  for (const port of portsOf(settings)) group.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'GREEN-API and AWS');
  return group;
};

/** @returns `undefined` without a VPC @throws ConfigurationError when subnets or security groups have no VPC */
export const createNetwork = (
  scope: Construct,
  { vpc, vpcSubnets, securityGroups }: GreenApiLogoutProps,
  settings: Settings,
): Network | undefined => {
  if (vpc === undefined) {
    if (vpcSubnets !== undefined || securityGroups !== undefined)
      throw new ConfigurationError(`${scope.node.path}.vpc is missing: vpcSubnets and securityGroups need it`);
    return undefined;
  }
  return {
    vpc,
    ...(vpcSubnets && { vpcSubnets }),
    securityGroups: [...(securityGroups ?? [createSecurityGroup(scope, vpc, settings)])],
  };
};

/**
 * Lets Lambda connect a function to the network, and the code of the function not
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html).
 */
export const grantConnect = (role: Role): void => {
  const actions = [
    'AssignPrivateIpAddresses',
    'CreateNetworkInterface',
    'DeleteNetworkInterface',
    'DescribeNetworkInterfaces',
    'DescribeSubnets',
    'UnassignPrivateIpAddresses',
  ].map((action) => `ec2:${action}`);
  const byItsCode = { ArnLike: { 'lambda:SourceFunctionArn': `arn:${Aws.PARTITION}:lambda:*:*:function:*` } };
  grantWildcard(
    role,
    actions,
    'Lambda makes the network interfaces under this role; nobody knows their names before.',
    '*',
  );
  role.addToPolicy(new PolicyStatement({ effect: Effect.DENY, actions, resources: ['*'], conditions: byItsCode }));
};
