import type { STSClientConfig } from '@aws-sdk/client-sts';
import { neverConnected } from '../../client/call.ts';
import { errorNameOf } from '../../functions/platform/unknown-values.ts';
import { CommandFailed } from '../errors.ts';

/** How AWS clients are made: the rest is found as the AWS SDK finds it (environment, profiles, SSO). */
export type AwsSettings = Pick<STSClientConfig, 'profile' | 'region' | 'credentials' | 'endpoint'>;

const known: Readonly<Record<string, string>> = {
  ExpiredTokenException: 'The AWS credentials have expired. Log in again.',
  ExpiredToken: 'The AWS credentials have expired. Log in again.',
  UnrecognizedClientException: 'AWS does not know these credentials. Check --profile and --region.',
  InvalidClientTokenId: 'AWS does not know these credentials. Check --profile and --region.',
};

const accessDenied = /^(?:AccessDenied|AuthorizationError)(?:Exception)?$/;

const throttling = /throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i;

/** Nothing answered. */
const network = new Set([...neverConnected, 'ECONNRESET', 'ETIMEDOUT', 'TimeoutError']);

/** The signature was refused. AWS accepts one for five minutes. */
const signature = new Set([
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

const services: Readonly<Record<string, string>> = {
  cloudformation: 'CloudFormation',
  cloudwatch: 'CloudWatch',
  'execute-api': 'API',
  events: 'EventBridge',
  lambda: 'Lambda',
  logs: 'CloudWatch Logs',
  s3: 'S3',
  secretsmanager: 'Secrets Manager',
  sns: 'SNS',
  sqs: 'SQS',
  sts: 'STS',
};

const todoOf = (name: string, right: string): string => {
  if (throttling.test(name)) return 'AWS takes no more such calls for now. Wait a minute, then repeat the command.';
  if (network.has(name)) return 'Nothing answered. Check the network and --region.';
  if (signature.has(name)) return 'Check the clock of this machine, and the credentials.';
  return accessDenied.test(name) ? `Allow your AWS identity ${right}.` : 'Check --profile, --region and --stack.';
};

/**
 * Describes a failed AWS call for a person: by the error's name, never its message, which may quote the request.
 *
 * @param right the IAM action that the call needs, e.g. `sqs:ReceiveMessage`
 */
export const awsFailure = (error: unknown, right: string): CommandFailed => {
  if (error instanceof CommandFailed) return error;
  const name = errorNameOf(error);
  const [prefix = ''] = right.split(':');
  return new CommandFailed(known[name] ?? `${services[prefix] ?? prefix}: ${name}. ${todoOf(name, right)}`);
};

/** Runs an AWS call and turns its failure into a {@link CommandFailed}. */
export const callAws = async <Value>(right: string, call: () => Promise<Value>): Promise<Value> => {
  try {
    return await call();
  } catch (error) {
    throw awsFailure(error, right);
  }
};
