import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Lets somebody find the deployment by the outputs of its stack. */
export const grantReadStack = (scope: Construct, grantee: IGrantable, ...more: string[]): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['cloudformation:DescribeStacks', ...more],
    resourceArns: [Stack.of(scope).stackId],
  });

/** Lets somebody read the state of everything that a deployment consists of, and of its topics: no secret, no message, no log. */
export const grantReadHealth = (scope: Construct, grantee: IGrantable, topicArns: readonly string[]): Grant => {
  const queues = scope.node.findAll().filter((construct) => construct instanceof Queue);
  const grants = [
    grantReadStack(scope, grantee, 'cloudformation:ListStackResources'),
    Grant.addToPrincipal({
      grantee,
      // IAM knows no resource for metrics and for the settings of an account, nor for a list of alarms by their names.
      actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'lambda:GetAccountSettings'],
      resourceArns: ['*'],
    }),
    Grant.addToPrincipal({
      grantee,
      actions: ['sqs:GetQueueAttributes'],
      resourceArns: queues.map(({ queueArn }) => queueArn),
    }),
  ];
  if (topicArns.length > 0)
    grants.push(Grant.addToPrincipal({ grantee, actions: ['sns:GetTopicAttributes'], resourceArns: [...topicArns] }));
  return grants.reduce((all, grant) => all.combine(grant));
};
