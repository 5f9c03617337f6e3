import { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Sign } from '../../client/call.ts';
import { type AwsSettings, awsFailure } from '../aws/call-aws.ts';

/** The address of an API names its region; behind a domain of one's own it is the region of the profile. */
const regionIn = ({ hostname }: URL): string | undefined => /\.execute-api\.([\w-]+)\.amazonaws\./.exec(hostname)?.[1];

/** Signs with the credentials that the AWS SDK finds (environment, profile, SSO). */
export const createSigV4Signer = (api: URL, aws: AwsSettings): Sign => {
  const { region, credentials, sha256 } = new STSClient(aws).config;
  const signer = new SignatureV4({ service: 'execute-api', region: regionIn(api) ?? region, credentials, sha256 });
  return async ({ method, url, headers, body }) => {
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      ...(body !== undefined && { body }),
    };
    const signed = await signer.sign(request).catch((error: unknown) => {
      throw awsFailure(error, 'API', 'execute-api:Invoke');
    });
    const { host: _, ...sent } = signed.headers;
    return sent;
  };
};
