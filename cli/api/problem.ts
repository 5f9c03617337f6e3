import * as v from 'valibot';
import { noAnswerAdvice } from '../../client/api-call.ts';
import { CommandFailed, UsageError } from '../errors.ts';
import { printable } from '../output/printable.ts';
import type { ApiAnswer } from './api.ts';

const problemSchema = v.object({ title: v.string(), detail: v.string(), code: v.string() });
const gatewaySchema = v.object({ message: v.string() });

/** API Gateway answers these itself, with one line that does not say what to do. */
const gatewayHints: Readonly<Record<number, string>> = {
  401: 'Give a valid token with --token.',
  403: 'Check --profile and --region; the identity needs execute-api:Invoke on this route.',
  404: 'Check --url; an older deployment may not have this route.',
  429: 'Try again in a moment.',
  500: noAnswerAdvice,
  502: noAnswerAdvice,
  503: 'Try again in a moment.',
  504: noAnswerAdvice,
};

const hintFor = (status: number): string | undefined =>
  status >= 300 && status < 400 ? 'Check --url: redirects are not followed.' : gatewayHints[status];

/** One line: what happened and what to do, of an answer that is no success. */
export const describeProblem = ({ status, body }: ApiAnswer): string => {
  const problem = v.safeParse(problemSchema, body);
  if (problem.success) return printable(`${problem.output.title}. ${problem.output.detail} [${problem.output.code}]`);
  const gateway = v.safeParse(gatewaySchema, body);
  const message = gateway.success ? `: ${printable(gateway.output.message)}` : '';
  return [`HTTP ${status}${message}.`, hintFor(status)].filter(Boolean).join(' ');
};

/** Whether the API refused the request as it was written, and did nothing. */
export const isInvalidRequest = ({ body }: ApiAnswer): boolean =>
  v.is(v.object({ code: v.literal('invalid-request') }), body);

/**
 * Reads the body of a success.
 *
 * @throws CommandFailed with the problem, or saying that this is no API of this project; UsageError for a wrong request
 */
export const readAnswer = <Schema extends v.GenericSchema>(
  answer: ApiAnswer,
  schema: Schema,
): v.InferOutput<Schema> => {
  if (isInvalidRequest(answer)) throw new UsageError(describeProblem(answer));
  if (!answer.ok) throw new CommandFailed(describeProblem(answer));
  const parsed = v.safeParse(schema, answer.body);
  if (parsed.success) return parsed.output;
  throw new CommandFailed(`HTTP ${answer.status} with a body that this program does not understand. Check --url.`);
};
