import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { callAws } from './aws-failure.ts';
import type { AwsSettings } from './aws-settings.ts';

export type AwsIdentity = { readonly account: string; readonly arn: string };

/** Who the AWS credentials belong to; with a session of IAM Identity Center the ARN names the person. */
export const readIdentity = (aws: AwsSettings): Promise<AwsIdentity> =>
  callAws('sts:GetCallerIdentity', async () => {
    const { Account = '', Arn = '' } = await new STSClient(aws).send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn };
  });
