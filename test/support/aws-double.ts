import { text } from 'node:stream/consumers';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { testAccount } from './aws-environment.ts';

export type AwsCall = { readonly operation: string; readonly input: Readonly<Record<string, unknown>> };

/** Answers by operation: an object for services that speak JSON, the inside of the result as XML for the others. */
export type AwsAnswers = Readonly<Record<string, (input: AwsCall['input']) => object | string>>;

/** What an operation throws to be answered with an AWS error. */
export class AwsError extends Error {
  readonly status: number;

  constructor(name: string, status = 400) {
    super(name);
    this.name = name;
    this.status = status;
  }
}

const parseCall = (target: string | undefined, path: string, body: string): AwsCall => {
  if (target !== undefined) return { operation: target.split('.').at(-1) ?? '', input: JSON.parse(body) };
  const { Action = path, ...input } = Object.fromEntries(new URLSearchParams(body));
  return { operation: Action, input };
};

const asXml = (operation: string, result: string): string =>
  `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;

const errorBody = (name: string, isJson: boolean): string =>
  isJson
    ? JSON.stringify({ __type: name, message: name })
    : `<ErrorResponse><Error><Code>${name}</Code><Message>${name}</Message></Error></ErrorResponse>`;

/**
 * Answers calls of the AWS SDK: SQS, CloudWatch and its Logs in JSON, CloudFormation, SNS and STS in XML, and by its path
 * what Lambda is asked. What is not among
 * the answers is denied.
 */
export const startAws = async (answers: AwsAnswers) => {
  const calls: AwsCall[] = [];
  const server = await startLoopbackServer(async (request, response) => {
    const target = request.headers['x-amz-target'] as string | undefined;
    const { operation, input } = parseCall(target, request.url ?? '', await text(request));
    calls.push({ operation, input });
    const isJson = target !== undefined || operation.startsWith('/');
    response.setHeader('content-type', isJson ? 'application/x-amz-json-1.0' : 'text/xml');
    try {
      const answer = answers[operation];
      if (answer === undefined) throw new AwsError('AccessDenied', 403);
      const result = answer(input);
      response.end(typeof result === 'string' ? asXml(operation, result) : JSON.stringify(result));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      response.writeHead(error.status).end(errorBody(error.name, isJson));
    }
  }, {});
  return {
    url: server.url,
    calls,
    /** Leads the AWS clients of a child process here. */
    env: { ...testAccount, AWS_ENDPOINT_URL: server.url, AWS_MAX_ATTEMPTS: '1' },
    operations: () => calls.map(({ operation }) => operation),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};

/** The answer of DescribeStacks for one stack with these outputs. */
export const describeStacks =
  (outputs: Readonly<Record<string, string>>, status = 'UPDATE_COMPLETE') =>
  () => {
    const members = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    return `<Stacks><member><StackName>green-api-logout</StackName><CreationTime>2026-11-01T00:00:00Z</CreationTime>
    <StackStatus>${status}</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks>`;
  };

/** The answer of GetCallerIdentity. */
export const callerIdentity = () =>
  '<Arn>arn:aws:sts::111122223333:assumed-role/Operator/john.doe</Arn><UserId>AROAEXAMPLE:john.doe</UserId><Account>111122223333</Account>';
