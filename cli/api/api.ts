import type { AcceptedRun } from '../../client/answers.ts';
import { createSignedTransport, type Sign } from '../../client/call.ts';
import { type Client, createClient } from '../../client/client.ts';
import {
  badPort,
  type Failure,
  fetchErrorName,
  type NotReached,
  type NotUnderstood,
  type Problem,
  type Result,
  retryAdvice,
  type Success,
} from '../../client/result.ts';
import { CommandFailed, UsageError } from '../errors.ts';
import { printable } from '../output/printable.ts';

/** This machine. Emulators of AWS give each API a name below `localhost`. */
export const isLoopback = ({ hostname }: URL): boolean =>
  /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);

/**
 * Reads the address of an API: https, or http on this machine.
 *
 * @param source what gave it
 * @throws UsageError
 */
export const parseApiAddress = (text: string, source = '--url'): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (url === undefined || !isSafe || url.username || url.password || url.search || url.hash)
    throw new UsageError(
      `${source} must be an https address such as https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com, or on this machine http, such as http://127.0.0.1:3000.`,
    );
  return url;
};

/** A deployment's HTTP API. */
export type Api = Client & { readonly url: URL; readonly sign: Sign };

export const createApi = (url: URL, sign: Sign): Api => ({
  ...createClient(createSignedTransport(url, sign)),
  url,
  sign,
});

/** How many instances are called at a time. GREEN-API's limits are per instance. */
export const parallelCalls = 8;

/** @param token proves who is calling; the local service may want none */
export const signWithToken =
  (token: string | undefined): Sign =>
  async ({ headers }) =>
    token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };

/** API Gateway answers these itself, with one line that does not say what to do. */
const gatewayHints: Readonly<Record<number, string>> = {
  401: 'Give a valid token with --token.',
  403: 'Check --profile and --region; the identity needs execute-api:Invoke on this route.',
  404: 'Check --url or --stack; an older deployment may not have this route.',
};

const hintFor = (problem: Problem): string | undefined => {
  const { status } = problem;
  if (status >= 300 && status < 400) return 'Check --url or --stack: redirects are not followed.';
  return status === 429 || status >= 500 ? retryAdvice(problem) : gatewayHints[status];
};

const describeProblem = (problem: Problem): string => {
  const { status, title, detail, code } = problem;
  const text =
    detail === undefined
      ? [`HTTP ${status}${title === undefined ? '' : `: ${title}`}.`, hintFor(problem)]
      : [`${title}. ${detail}`, code && `[${code}]`];
  // The API names its header, the command line its option.
  return printable(text.filter(Boolean).join(' ').replaceAll('Idempotency-Key', '--idempotency-key'));
};

const describeNotReached = (failure: NotReached): string => {
  const { why, error } = failure;
  const name = fetchErrorName(error);
  if (why === 'not-sent')
    return error instanceof CommandFailed ? error.message : `The call could not be sent (${name}).`;
  const url = new URL(failure.url);
  if (name === badPort) return `Nothing was sent: port ${url.port} belongs to another protocol. Check --url.`;
  switch (why) {
    case 'not-connected':
      return `Nothing answers at ${url.origin} (${name}). ${
        isLoopback(url)
          ? 'Start the local service with npm start, or check --url or --stack.'
          : 'Check --url or --stack, and the network.'
      }`;
    case 'time-out':
      return `${url.origin} did not answer in time. ${retryAdvice(failure)}`;
    case 'connection-lost':
      return `The connection to ${url.origin} failed (${name}). ${retryAdvice(failure)}`;
  }
};

const describeNotUnderstood = ({ why, status }: NotUnderstood): string =>
  why === 'form'
    ? `HTTP ${status} with a body that this program does not understand. Check --url or --stack.`
    : 'The API repeats a page of the list, or its list does not end. Check --url or --stack, and any proxy in front of it.';

/** One line: what happened and what to do. */
export const describeFailure = (failure: Failure): string => {
  switch (failure.kind) {
    case 'problem':
      return describeProblem(failure);
    case 'not-reached':
      return describeNotReached(failure);
    case 'not-understood':
      return describeNotUnderstood(failure);
  }
};

/** Whether the API refused the request as it was written, and did nothing. */
export const isInvalidRequest = (result: Result<unknown>): boolean =>
  result.kind === 'problem' && result.code === 'invalid-request';

/** @throws UsageError for a wrong request, CommandFailed for any other failure */
export const successIn = <Value>(result: Result<Value>): Success<Value> => {
  if (result.kind === 'ok') return result;
  throw new (isInvalidRequest(result) ? UsageError : CommandFailed)(describeFailure(result));
};

/** @throws as {@link successIn} does */
export const valueIn = <Value>(result: Result<Value>): Value => successIn(result).value;

/** The id and the status are printed as they are, so they are made safe for a terminal here. */
export const acceptedRunIn = (result: Result<AcceptedRun>): AcceptedRun & { readonly body: unknown } => {
  const { value, body } = successIn(result);
  return { id: printable(value.id), status: printable(value.status), body };
};
