import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { RunStart, StartRun } from '../../functions/runs/lambda/start-run.ts';
import { type RunRequest, runRequestSchema, type Source } from '../../functions/runs/request.ts';
import { runNameOf } from '../../functions/runs/run-name.ts';

export type Redriven =
  | RunStart
  | { readonly kind: 'not-a-request'; readonly problem: string }
  /** The run may do nothing any more. */
  | { readonly kind: 'expired'; readonly expiresAt: string };

export type RedriveDependencies = {
  readonly startRun: StartRun;
  readonly stack: string;
  readonly now: () => Date;
  /** The same key names the same new run. @default a new one */
  readonly key?: string;
  /** AWS identity that starts it again; it is kept in the request and in the evidence. */
  readonly redrivenBy?: string;
};

const functionOf = { api: 'api', offboarding: 'event', schedule: 'schedule' } as const satisfies Record<Source, string>;

const json = v.pipe(v.string(), v.parseJson(undefined, 'it is not JSON'));

// Lambda sends the event as it was, and puts what went wrong into the attributes of the message:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
const messageSchema = v.pipe(json, runRequestSchema);

// For what the request itself has no words for.
const wording = ({ expected }: v.BaseIssue<unknown>): string =>
  expected === 'never' ? 'is not a field of a request' : 'is missing, or of a wrong kind';

/** Reads the request in a message, or says what is wrong with it. */
export const parseMessage = (body: string): RunRequest | { readonly problem: string } => {
  const message = v.safeParse(messageSchema, body, { abortEarly: true, message: wording });
  if (message.success) return message.output;
  const [issue] = message.issues;
  return { problem: [v.getDotPath(issue), issue.message].filter(Boolean).join(' ') };
};

/**
 * Starts a run that failed, was stopped or timed out again, with the same request. It gets a name of its own: the
 * old one belongs to the old run.
 *
 * @param body of the message in the dead-letter queue
 */
export const redriveRun = async (
  body: string,
  { startRun, stack, now, key = randomUUID(), redrivenBy }: RedriveDependencies,
): Promise<Redriven> => {
  const request = parseMessage(body);
  if ('problem' in request) return { kind: 'not-a-request', ...request };
  const { expiresAt, source, requestedBy: requester } = request;
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now().getTime()) return { kind: 'expired', expiresAt };
  const name = runNameOf(functionOf[source], { stack, requester, key });
  return startRun(name, redrivenBy === undefined ? request : { ...request, redrivenBy });
};
