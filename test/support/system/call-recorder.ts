import { buffer } from 'node:stream/consumers';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';
import { bucketArn, busArn, directoryUserArn, identityStoreArn, lambdaArn, secretArn } from '../arns.ts';
import { forward } from './forward.ts';

/** A call of AWS as IAM decides it. */
export type RecordedCall = {
  /** The function, by the id of its access key. */
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
};

type Sent = { readonly target: string; readonly path: string; readonly query: URLSearchParams; readonly body: string };
type Decided = Omit<RecordedCall, 'caller' | 'context'> & Partial<Pick<RecordedCall, 'context'>>;

/** As Secrets Manager has it: six characters after the name. */
const secretOf = (id: string): string =>
  secretArn(id.includes(':secret:') ? id.replace(/^.*:secret:/, '') : `${id}-AbCdEf`);

const secretsManager = ({ target, body }: Sent): readonly Decided[] => {
  const operation = target.split('.')[1] ?? '';
  const { SecretId, SecretIdList = [] }: { SecretId?: string; SecretIdList?: readonly string[] } = JSON.parse(body);
  const action = `secretsmanager:${operation}`;
  if (operation === 'BatchGetSecretValue')
    return [
      { action, resource: '*' },
      ...SecretIdList.map((id) => ({ action: 'secretsmanager:GetSecretValue', resource: secretOf(id) })),
    ];
  return [{ action, resource: SecretId === undefined ? '*' : secretOf(SecretId) }];
};

const executionActions: Readonly<Record<string, string>> = {
  '': 'GetDurableExecution',
  history: 'GetDurableExecutionHistory',
  stop: 'StopDurableExecution',
  state: 'GetDurableExecutionState',
  checkpoint: 'CheckpointDurableExecution',
};

/** The function's part of an execution's ARN, in the account of the test. */
const functionOf = (arn: string): string => lambdaArn(arn.replace(/^.*?:function:/, ''));

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
const lambda = ({ path, query }: Sent): readonly Decided[] => {
  const [, name = '', rest = ''] = /\/functions\/([^/]+)\/([\w-]+)$/.exec(path) ?? [];
  const qualifier = query.get('Qualifier');
  const named = functionOf(decodeURIComponent(name).replace(/^(?!.*:function:)/, ':function:'));
  const resource = qualifier === null ? named : `${named}:${qualifier}`;
  if (rest === 'invocations') return [{ action: 'lambda:InvokeFunction', resource }];
  if (rest === 'durable-executions') return [{ action: 'lambda:ListDurableExecutionsByFunction', resource }];
  const [, arn = '', verb = ''] = /\/durable-executions\/([^/]+)\/?(\w*)$/.exec(path) ?? [];
  return [{ action: `lambda:${executionActions[verb]}`, resource: functionOf(decodeURIComponent(arn)) }];
};

const services: Readonly<Record<string, (sent: Sent) => readonly Decided[]>> = {
  secretsmanager: secretsManager,
  lambda,
  events: ({ body }) => {
    const { Entries }: { readonly Entries: readonly { readonly Source: string }[] } = JSON.parse(body);
    const context = { 'events:source': [...new Set(Entries.map(({ Source }) => Source))] };
    return [{ action: 'events:PutEvents', resource: busArn, context }];
  },
  identitystore: ({ target, body }) => {
    const { IdentityStoreId, UserId } = JSON.parse(body);
    const action = `identitystore:${target.split('.')[1]}`;
    // Both are needed.
    return [identityStoreArn(IdentityStoreId), directoryUserArn(UserId)].map((resource) => ({ action, resource }));
  },
  s3: ({ path }) => [
    { action: 's3:PutObject', resource: `${bucketArn}${decodeURIComponent(path.replace(/^\/[^/]+/, ''))}` },
  ],
};

/**
 * The one endpoint of all services, in front of the emulators: it records each call. Whose it is, and of which service, is in its
 * signature.
 *
 * @param emulators addresses by the name of the service in a signature
 */
export const startCallRecorder = async (emulators: Readonly<Record<string, () => string>>) => {
  const calls: RecordedCall[] = [];
  const server = await startLoopbackServer(async (request, response) => {
    const { url = '/', headers } = request;
    const [, caller = '', service = ''] =
      /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
    const body = await buffer(request);
    const [path = '', query = ''] = url.split('?');
    const sent = {
      target: String(headers['x-amz-target'] ?? ''),
      path,
      query: new URLSearchParams(query),
      body: String(body),
    };
    const decided = services[service]?.(sent) ?? [{ action: `${service}:unknown`, resource: path }];
    calls.push(...decided.map((each) => ({ caller, context: {}, ...each })));

    const answer = await forward(request, body, emulators[service]?.() ?? '');
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }, {});
  return { url: server.url, calls, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
};
