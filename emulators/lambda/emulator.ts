import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type LoopbackServer, readBody, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { AwsError } from '../aws-json.ts';
import { answer } from './api.ts';
import type { HeldStatus } from './driver.ts';
import { openExecutions } from './executions.ts';
import { createFunctions } from './functions.ts';
import { JournalError } from './journal.ts';
import type { LambdaOptions, LambdaSettings } from './options.ts';
import { type Answer, timestampsIn } from './protocol.ts';

/** What a checkpoint may hold, with its envelope, in bytes. */
const maxBodyBytes = 8 * 1024 * 1024;

const failureOf = (error: unknown): Answer => {
  if (error instanceof JournalError) return failureOf(new AwsError('ServiceException', error.message, 500));
  if (!(error instanceof AwsError)) throw error;
  const { status, type, message } = error;
  return { status, headers: { 'x-amzn-errortype': type }, body: { message } };
};

const answerTo = async (backend: Parameters<typeof answer>[0], request: IncomingMessage): Promise<Answer> => {
  try {
    const body = await readBody(request, maxBodyBytes);
    if (body === undefined) throw new AwsError('RequestTooLargeException', 'Request is too large.', 413);
    const { method = '', url = '', headers } = request;
    const [path = '', query = ''] = url.split('?', 2);
    return answer(backend, method, path, { query: new URLSearchParams(query), headers, body });
  } catch (error) {
    return failureOf(error);
  }
};

/**
 * A Lambda that runs durable functions on this machine, in real time, for the unchanged AWS SDK on both sides. Each
 * function has processes of its own; executions are journalled, and go on after any of the processes was killed.
 *
 * @throws what the port or the journal's folder meets, such as `EADDRINUSE` or a {@link JournalError}
 */
export const startLambda = async (options: LambdaOptions) => {
  const settings: LambdaSettings = { listingLagMs: 0, truncation: undefined, timestamps: 'iso' };
  const functions = createFunctions(options, () => server.url);
  const executions = openExecutions(options, functions, settings);
  const backend = { executions, functions, settings };
  const server: LoopbackServer = await startLoopbackServer(async (request, response) => {
    const { status = 200, headers, body } = await answerTo(backend, request);
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body, timestampsIn(1000)));
  }, options);
  executions.resume();

  /** Ends the server and the processes at once; what was running goes on at the next start on the same folder. */
  const close = async (): Promise<void> => {
    await server.close();
    executions.close();
    await functions.close();
  };
  return {
    /** For `AWS_ENDPOINT_URL_LAMBDA`. */
    url: server.url,
    /** How AWS may behave; takes effect at once. */
    settings,
    /** Shows another status of an execution and holds it, until `undefined` lets it go on. @throws when there is none of that ARN */
    hold: (arn: string, status: HeldStatus | undefined): void => {
      const driver = executions.find(arn);
      if (driver === undefined) throw new Error(`the emulator has no execution ${arn}`);
      driver.hold(status);
    },
    /** The ids of the processes the functions run in now. */
    workers: functions.pids,
    close,
    [Symbol.asyncDispose]: close,
  };
};
