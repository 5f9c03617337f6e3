import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { OutputKey } from '../../infra/constructs/outputs.ts';
import { CommandFailed } from '../errors.ts';
import { type AwsSettings, explained, isAwsError } from './call-aws.ts';

const describeStack = async (stack: string, aws: AwsSettings) => {
  try {
    const client = explained(new CloudFormationClient(aws));
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks[0];
  } catch (error) {
    // What CloudFormation answers for a stack that does not exist.
    if (isAwsError(error, 'ValidationError')) return undefined;
    throw error;
  }
};

/** `Security/Sales` is the deployment in the stack `Security` whose outputs begin with `Sales`. */
const parseDeployment = (name: string) => {
  const [, stack = name, prefix = ''] = /^(.+)\/([A-Za-z][A-Za-z0-9]*)$/.exec(name) ?? [];
  return { stack, prefix };
};

/** Which other deployments the stack has, to whom its outputs do not belong. */
const otherDeployments = (stack: string, keys: Iterable<string | undefined>): string => {
  const prefixes = [...keys].flatMap((key) => /^(\w+)SecretPrefix$/.exec(key ?? '')?.[1] ?? []);
  return prefixes.length === 0
    ? 'Is it a deployment of green-api-logout?'
    : `It has deployments with a prefix: --stack ${prefixes.map((prefix) => `${stack}/${prefix}`).join(' or ')}.`;
};

/**
 * @param deployment the name of the stack, or that and the prefix of the outputs: `Security/Sales`
 * @throws CommandFailed when there is no such stack in this account and region, or it cannot be read
 */
export const readStackOutputs = async (deployment: string, aws: AwsSettings) => {
  const { stack, prefix } = parseDeployment(deployment);
  const found = await describeStack(stack, aws);
  if (found === undefined)
    throw new CommandFailed(
      `There is no stack ${stack} in this account and region. Check --stack, --profile, --region.`,
    );
  const outputs = new Map(found.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  return {
    stack,
    status: found.StackStatus ?? 'unknown',
    find: (name: OutputKey) => outputs.get(`${prefix}${name}`),
    /** @throws CommandFailed when the stack has no such output */
    require: (name: OutputKey): string => {
      const value = outputs.get(`${prefix}${name}`);
      if (value) return value;
      const others = otherDeployments(stack, outputs.keys());
      throw new CommandFailed(`The stack ${stack} has no output ${prefix}${name}. ${others}`);
    },
  };
};

export type StackOutputs = Awaited<ReturnType<typeof readStackOutputs>>;
