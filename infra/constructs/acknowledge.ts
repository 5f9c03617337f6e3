import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The rules that something here breaks on purpose, with the type of the resource that each of them is about. */
const rules = {
  'AwsSolutions-APIG4': 'AWS::ApiGatewayV2::Route',
  'AwsSolutions-IAM5': 'AWS::IAM::Policy',
  'AwsSolutions-S1': 'AWS::S3::Bucket',
  'AwsSolutions-SQS3': 'AWS::SQS::Queue',
  'CloudFormation-Validate::E3019': 'AWS::Scheduler::Schedule',
  'NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod': 'AWS::Logs::LogGroup',
  'NIST.800.53.R5-IAMNoInlinePolicy': 'AWS::IAM::Policy',
  'NIST.800.53.R5-LambdaConcurrency': 'AWS::Lambda::Function',
  'NIST.800.53.R5-LambdaDLQ': 'AWS::Lambda::Function',
  'NIST.800.53.R5-S3BucketLoggingEnabled': 'AWS::S3::Bucket',
  'NIST.800.53.R5-S3BucketReplicationEnabled': 'AWS::S3::Bucket',
} as const;

type Rule = keyof typeof rules;

/**
 * Where `Validations` of CDK keeps the reasons, which cdk-nag 3 reads. The oldest versions of CDK that this package works with
 * have no `Validations`, and others refuse the ids of cdk-nag, so the reasons are written without them.
 */
const acknowledgedRules = 'aws:cdk:acknowledged-rules';

/** Where cdk-nag 2 reads the reasons: in the template. */
const suppressions = 'cdk_nag';

type Suppression = { readonly id: Rule; readonly reason: string; readonly applies_to?: readonly string[] };

/**
 * Gives the reason why a rule is broken on purpose, to the rules of CDK and to both versions of cdk-nag.
 *
 * @param of what the resource belongs to, which must exist already
 * @param finding what exactly, where a rule can find several things in one resource
 */
export const acknowledge = (of: IConstruct, id: Rule, reason: string, finding?: string): void => {
  of.node.addMetadata(acknowledgedRules, { [finding === undefined ? id : `${id}[${finding}]`]: reason });
  if (id.startsWith('CloudFormation-')) return;
  const suppression: Suppression = { id, reason, ...(finding !== undefined && { applies_to: [finding] }) };
  for (const resource of of.node.findAll())
    if (CfnResource.isCfnResource(resource) && resource.cfnResourceType === rules[id])
      resource.addMetadata(suppressions, {
        rules_to_suppress: [...(resource.getMetadata(suppressions)?.rules_to_suppress ?? []), suppression],
      });
};

/** A value of the template as cdk-nag writes it: `arn:<AWS::Partition>:…`, `<LogoutFunction.Arn>`. */
const describe = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[kind, of] = []] = Object.entries(value);
  switch (kind) {
    case 'Ref':
      return `<${of}>`;
    case 'Fn::GetAtt':
      return `<${of.join('.')}>`;
    default:
      return of[1].map(describe).join(of[0]);
  }
};

/** Gives the reason why a policy allows more than one resource. */
export const acknowledgeWildcard = (of: IConstruct, resource: string, reason: string): void =>
  acknowledge(of, 'AwsSolutions-IAM5', reason, `Resource::${describe(Stack.of(of).resolve(resource))}`);

/** Gives the reason for policies that no other role can have. */
export const acknowledgeInlinePolicies = (of: IConstruct): void =>
  acknowledge(of, 'NIST.800.53.R5-IAMNoInlinePolicy', 'The policy is for this role alone, and goes with it.');
