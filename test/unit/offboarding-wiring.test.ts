import type { IncomingHttpHeaders } from 'node:http';
import { composeOffboarding, createOffboardingHandler, handler } from '../../functions/offboarding.ts';
import { readBody, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { useEmulators } from '../support/aws-environment.ts';
import { contextOf } from '../support/http-event.ts';
import { customEvent } from '../support/offboarding-events.ts';

type Call = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };

/** The function as it is deployed, with the real SDK and a Lambda that answers every start with one status, and lists its run. */
const startSetup = async (status: number, errorType = '') => {
  const calls: Call[] = [];
  const lambda = await startLoopbackServer(async (request, response) => {
    if (request.method === 'GET') {
      const name = new URL(request.url ?? '', 'http://lambda').searchParams.get('DurableExecutionName');
      const run = { DurableExecutionArn: 'arn', DurableExecutionName: name, Status: 'RUNNING', StartTimestamp: 1 };
      response.end(JSON.stringify({ DurableExecutions: [run] }));
      return;
    }
    calls.push({ path: request.url ?? '', headers: request.headers, body: (await readBody(request, 10_000)) ?? '' });
    response
      .writeHead(status, { 'x-amzn-errortype': errorType })
      .end(JSON.stringify({ message: 'john.doe@example.com' }));
  }, {});
  useEmulators({ lambda: lambda.url });
  const lines: string[] = [];
  const variables = { RUN_FUNCTION: 'acme-run', STACK: 'acme' };
  const handler = createOffboardingHandler(composeOffboarding(variables, (line) => void lines.push(line)));
  return {
    calls,
    lines,
    put: async (event: unknown) => handler(event, contextOf()),
    [Symbol.asyncDispose]: lambda.close,
  };
};

test('can be loaded with no environment set', () => {
  expect(handler).toBeInstanceOf(Function);
});

test('invokes the alias of the run asynchronously and by name, and writes one log line', async () => {
  await using setup = await startSetup(202);

  const { runs } = await setup.put(customEvent);

  expect(setup.calls).toMatchObject([
    {
      path: '/2015-03-31/functions/acme-run/invocations?Qualifier=live',
      headers: { 'x-amz-invocation-type': 'Event', 'x-amz-durable-execution-name': runs[0] },
    },
  ]);
  expect(JSON.parse(setup.calls[0]?.body ?? '')).toMatchObject({ target: { owner: 'john.doe@example.com' } });
  expect(setup.lines).toEqual([expect.stringMatching(/^\{.*"message":"offboarding".*\}\n$/)]);
});

test('a name that is already used by another request is a success', async () => {
  await using setup = await startSetup(409, 'DurableExecutionAlreadyStartedException');

  expect((await setup.put(customEvent)).runs).toHaveLength(1);
  expect(setup.lines.join()).toContain('"level":"WARN"');
});

test('a refusal is named, and quotes nothing from Lambda’s answer', async () => {
  await using setup = await startSetup(403, 'AccessDeniedException');

  await expect(setup.put(customEvent)).rejects.toMatchObject({
    name: 'RunNotStarted',
    message: 'denied: Lambda: AccessDeniedException: allow lambda:InvokeFunction on the alias',
  });
  expect(setup.lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: 'ERROR',
      message: 'event failed',
      function: 'offboarding',
      stack: 'acme',
      error: 'RunNotStarted',
      detail: 'denied: Lambda: AccessDeniedException: allow lambda:InvokeFunction on the alias',
    },
  ]);
});
