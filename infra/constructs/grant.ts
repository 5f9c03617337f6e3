import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, type Role } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge.ts';

/** Lets somebody do something with resources. */
export const grant = (grantee: IGrantable, actions: readonly string[], ...resources: readonly string[]): Grant =>
  Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: [...resources] });

/** Lets a role do something with resources that nobody can name, and gives the reason. */
export const grantWildcard = (role: Role, actions: readonly string[], why: string, ...resources: readonly string[]) => {
  grant(role, actions, ...resources);
  for (const resource of resources) acknowledgeWildcard(role, resource, why);
};

/** Lets somebody find the deployment by the outputs of its stack. */
export const grantReadStack = (scope: Construct, grantee: IGrantable, ...more: readonly string[]): Grant =>
  grant(grantee, ['cloudformation:DescribeStacks', ...more], Stack.of(scope).stackId);

/** Lets somebody read the state of everything that a deployment consists of, and of its topics: no secret, no message, no log. */
export const grantReadHealth = (scope: Construct, grantee: IGrantable, topicArns: readonly string[]): Grant => {
  const queues = scope.node.findAll().filter((construct) => construct instanceof Queue);
  const grants = [
    grantReadStack(scope, grantee, 'cloudformation:ListStackResources'),
    // IAM knows no resource for metrics and for the settings of an account, nor for a list of alarms by their names.
    grant(grantee, ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'lambda:GetAccountSettings'], '*'),
    grant(grantee, ['sqs:GetQueueAttributes'], ...queues.map(({ queueArn }) => queueArn)),
    ...(topicArns.length > 0 ? [grant(grantee, ['sns:GetTopicAttributes'], ...topicArns)] : []),
  ];
  return grants.reduce((all, one) => all.combine(one));
};
