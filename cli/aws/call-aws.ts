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

/** The IAM prefix of a service that is not its name in lower case. */
const prefixes: Readonly<Record<string, string>> = { 'CloudWatch Logs': 'logs', EventBridge: 'events' };

/** The IAM action of a command that has another name. */
const actions: Readonly<Record<string, string>> = {
  CreateSecret: 'CreateSecret and secretsmanager:TagResource',
  GetObject: 'GetObjectVersion',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  Invoke: 'InvokeFunction',
  ListObjectVersions: 'ListBucketVersions',
};

const rightOf = (service: string, command: string): string =>
  `${prefixes[service] ?? service.toLowerCase().replace(' ', '')}:${actions[command] ?? command}`;

const todoOf = (name: string, right: string): string => {
  if (throttling.test(name)) return 'AWS throttled the call. Wait a minute, then repeat the command.';
  if (network.has(name)) return 'Nothing answered. Check the network and --region.';
  if (signature.has(name)) return 'Check the clock of this machine, and the credentials.';
  return accessDenied.test(name) ? `Allow your AWS identity ${right}.` : 'Check --profile, --region and --stack.';
};

/**
 * Describes a failed AWS call for a person: by the error's name, never its message, which may quote the request.
 *
 * @param right the IAM action that the call needs, e.g. `sqs:ReceiveMessage`
 */
export const awsFailure = (cause: unknown, service: string, right: string): CommandFailed => {
  if (cause instanceof CommandFailed) return cause;
  const name = errorNameOf(cause);
  return new CommandFailed(known[name] ?? `${service}: ${name}. ${todoOf(name, right)}`, { cause });
};

/** Whether a call failed with this error of AWS. */
export const isAwsError = (error: unknown, name: string): boolean =>
  error instanceof CommandFailed && errorNameOf(error.cause) === name;

type Middleware = <Arguments, Result>(
  next: (args: Arguments) => Promise<Result>,
  context: { readonly commandName?: string },
) => (args: Arguments) => Promise<Result>;

type AwsClient = {
  readonly config: { readonly serviceId: string };
  readonly middlewareStack: {
    readonly add: (middleware: Middleware, options: { readonly step: 'initialize'; readonly priority: 'high' }) => void;
  };
};

/** Turns every failed call of a client into a {@link CommandFailed}, whose cause is the error of AWS. */
export const explained = <Client extends AwsClient>(client: Client): Client => {
  const { serviceId } = client.config;
  const explain: Middleware =
    (next, { commandName = '' }) =>
    async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw awsFailure(error, serviceId, rightOf(serviceId, commandName.replace(/Command$/, '')));
      }
    };
  client.middlewareStack.add(explain, { step: 'initialize', priority: 'high' });
  return client;
};
