import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { errorNameOf } from '../../functions/platform/unknown-values.ts';
import type { OutputKey } from '../../infra/output-keys.ts';
import { CommandFailed } from '../errors.ts';
import { awsFailure } from './aws-failure.ts';
import type { AwsSettings } from './aws-settings.ts';

export type StackOutputs = {
  readonly stack: string;
  readonly status: string;
  readonly find: (name: OutputKey) => string | undefined;
  /** @throws CommandFailed when the stack has no such output */
  readonly require: (name: OutputKey) => string;
};

const describeStack = async (stack: string, aws: AwsSettings) => {
  try {
    const { Stacks = [] } = await new CloudFormationClient(aws).send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks[0];
  } catch (error) {
    // What CloudFormation answers for a stack that does not exist.
    if (errorNameOf(error) === 'ValidationError') return undefined;
    throw awsFailure(error, 'cloudformation:DescribeStacks');
  }
};

/** @throws CommandFailed when there is no such stack in this account and region, or it cannot be read */
export const readStackOutputs = async (stack: string, aws: AwsSettings): Promise<StackOutputs> => {
  const found = await describeStack(stack, aws);
  if (found === undefined)
    throw new CommandFailed(
      `There is no stack ${stack} in this account and region. Check --stack, --profile, --region.`,
    );
  const outputs = new Map(found.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  return {
    stack,
    status: found.StackStatus ?? 'unknown',
    find: (name) => outputs.get(name),
    require: (name) => {
      const value = outputs.get(name);
      if (value) return value;
      throw new CommandFailed(`The stack ${stack} has no output ${name}. Is it a deployment of green-api-logout?`);
    },
  };
};
