import * as v from 'valibot';
import { noAnswerAdvice } from '../../../client/api-call.ts';
import { startTokenHeader } from '../start-token.ts';

/** Why a call did not succeed, in words for the person at the page. */
export type Problem = {
  readonly title: string;
  /** What happened and what to do. */
  readonly detail: string;
  /** HTTP status; 0 when no answer arrived. */
  readonly status: number;
  readonly code?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly confirmed?: boolean | undefined;
  readonly stateInstance?: string | null | undefined;
};

export type Result<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'problem'; readonly problem: Problem };

export type Call = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
};

const problemSchema = v.object({
  title: v.string(),
  detail: v.string(),
  code: v.optional(v.string()),
  retryable: v.optional(v.boolean()),
  confirmed: v.optional(v.boolean()),
  stateInstance: v.optional(v.nullable(v.string())),
});

/** API Gateway's own answers, and those of the local service's own routes. */
const messageSchema = v.object({ message: v.string() });

const gatewayAdvice: Readonly<Record<number, string>> = {
  401: 'The API does not know the caller. Check the credentials that the console was started with.',
  403: 'The caller may not do this. Check the IAM policy of the credentials that the console was started with.',
  404: 'This deployment does not have this route. It may be older than the console.',
  429: 'Too many requests. Wait a few seconds and try again.',
  503: `The service did not answer in time. ${noAnswerAdvice}`,
};

const parseProblem = (status: number, body: unknown): Problem => {
  const problem = v.safeParse(problemSchema, body);
  if (problem.success) return { status, ...problem.output };
  const message = v.safeParse(messageSchema, body);
  const title = message.success ? message.output.message : 'The answer was not understood';
  return { status, title, detail: gatewayAdvice[status] ?? `HTTP status ${status}. Try again.` };
};

const unreachable: Problem = {
  status: 0,
  title: 'The service cannot be reached',
  detail: 'No answer arrived. Check that the command that serves this page is still running, then try again.',
};

const notUnderstood = (status: number): Problem => ({
  status,
  title: 'The answer was not understood',
  detail: 'The service answered in a form that this console does not know. Use a console of the same version.',
});

const readJson = async (response: Response): Promise<unknown> => {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
};

const send = (path: string, { method = 'GET', headers, body, signal }: Call): Promise<Response> =>
  fetch(path, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers, ...startTokenHeader() },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
  });

/** One call to the page's own origin. Whatever goes wrong is a {@link Problem}, never a throw. */
export const callApi = async <S extends v.GenericSchema>(
  schema: S,
  path: string,
  call: Call = {},
): Promise<Result<v.InferOutput<S>>> => {
  const response = await send(path, call).catch(() => undefined);
  if (!response) return { kind: 'problem', problem: unreachable };

  const body = await readJson(response);
  if (!response.ok) return { kind: 'problem', problem: parseProblem(response.status, body) };
  const parsed = v.safeParse(schema, body);
  return parsed.success
    ? { kind: 'ok', value: parsed.output }
    : { kind: 'problem', problem: notUnderstood(response.status) };
};
