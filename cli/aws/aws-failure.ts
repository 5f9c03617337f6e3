import { errorNameOf } from '../../functions/platform/unknown-values.ts';
import { CommandFailed } from '../errors.ts';

const known: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'There are no AWS credentials. Set AWS_PROFILE or --profile, or log in with the AWS CLI.',
  ExpiredTokenException: 'The AWS credentials have expired. Log in again.',
  ExpiredToken: 'The AWS credentials have expired. Log in again.',
  UnrecognizedClientException: 'AWS does not know these credentials. Check --profile and --region.',
  InvalidClientTokenId: 'AWS does not know these credentials. Check --profile and --region.',
};

const accessDenied = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
]);

const isRegionMissing = (error: unknown): boolean => error instanceof Error && /region is missing/i.test(error.message);

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

const todoOf = (name: string, right: string): string =>
  accessDenied.has(name) ? `Allow your AWS identity ${right}.` : 'Check --profile, --region and --stack.';

/**
 * Describes a failed AWS call for a person: by the error's name, never its message, which may quote the request.
 *
 * @param right the IAM action that the call needs, e.g. `sqs:ReceiveMessage`
 */
export const awsFailure = (error: unknown, right: string): CommandFailed => {
  if (error instanceof CommandFailed) return error;
  if (isRegionMissing(error)) return new CommandFailed('There is no AWS region. Set AWS_REGION or --region.');
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
