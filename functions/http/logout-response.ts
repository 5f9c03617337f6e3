import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { InstanceId } from '../green-api/instance-id.ts';
import type { TokenRecord } from '../logout/evidence.ts';
import type { LogoutResult } from '../logout/log-out.ts';
import { type FailureKind, isFailure, mayPass } from '../logout/outcome.ts';
import { jsonResponse, problemResponse } from './response.ts';

type Row = { readonly status: number; readonly title: string; readonly todo: string; readonly retryAfter?: number };

/** The way out that needs neither GREEN-API nor this service. */
const unlink = 'Unlink the device on the phone (if the phone is gone, activate its number on another one)';

/** Status, title and advice for each failure. */
export const failureRows = {
  unconfirmed: {
    status: 502,
    title: 'The logout is not confirmed',
    todo: 'The session may still be open. Try again, or wait longer with "Prefer: wait=20".',
  },
  refused: {
    status: 502,
    title: 'GREEN-API refused the logout',
    todo: 'Try once more. If it is refused again, look at the instance in the GREEN-API console.',
  },
  'credential-rejected': {
    status: 502,
    title: 'GREEN-API rejected the token',
    todo: 'Put the current apiTokenInstance from the GREEN-API console into the secret of this instance.',
  },
  'wrong-instance-or-host': {
    status: 502,
    title: 'GREEN-API does not know this instance at this address',
    todo: 'Compare idInstance and the apiUrl in the secret with the GREEN-API console.',
  },
  'request-refused': {
    status: 502,
    title: 'GREEN-API refused the request',
    todo: 'Compare the apiUrl in the secret with the GREEN-API console.',
  },
  'instance-expired': {
    status: 409,
    title: 'The instance is not paid for',
    todo: `A new instance may be reported so for up to an hour: then try again. Otherwise ${unlink[0]?.toLowerCase()}${unlink.slice(1)}, or renew the instance and try again.`,
  },
  'instance-deleted': {
    status: 409,
    title: 'The instance is deleted',
    todo: `${unlink}, because deleting an instance does not log it out. Then delete its secret.`,
  },
  'instance-starting': {
    status: 503,
    title: 'The instance is starting',
    todo: 'Try again. If it starts for longer than five minutes, reboot it in the GREEN-API console.',
    retryAfter: 30,
  },
  'rate-limited': {
    status: 429,
    title: 'GREEN-API allows one logout a second',
    todo: 'Try again.',
    retryAfter: 2,
  },
  'quota-exceeded': {
    status: 502,
    title: 'The quota of the GREEN-API plan is used up',
    todo: `${unlink}, or change the plan in the GREEN-API console.`,
  },
  unavailable: {
    status: 503,
    title: 'The logout could not be carried out now',
    todo: 'The session may still be open. Try again.',
    retryAfter: 5,
  },
  'timed-out': {
    status: 504,
    title: 'There was no answer in time',
    todo: 'It is not known whether the logout happened. Try again.',
  },
  'unknown-instance': {
    status: 404,
    title: 'There is no secret for this instance',
    todo: 'Create it, or correct the id. GET /instances lists the instances that have one.',
  },
  'credential-unreadable': {
    status: 500,
    title: 'The credential of this instance cannot be read',
    todo: 'Correct the secret, or allow this service to read it.',
  },
} as const satisfies Record<FailureKind, Row>;

const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}.`;

/**
 * Problem details for a logout, or a reading, that failed.
 *
 * @param members further members of the problem; they are public
 * @param texts titles and advice that differ from those of a logout
 */
export const failureResponse = (
  { kind, detail }: { readonly kind: FailureKind; readonly detail: string },
  members: Readonly<Record<string, unknown>>,
  texts: Partial<Record<FailureKind, Pick<Row, 'title' | 'todo'>>> = {},
): APIGatewayProxyStructuredResultV2 => {
  const row: Row = { ...failureRows[kind], ...texts[kind] };
  return problemResponse({
    ...row,
    code: kind,
    detail: `${sentence(detail)} ${row.todo}`,
    members: { ...members, retryable: mayPass(kind) },
  });
};

/** The session ended, but a copy of the token may still link the instance again, or nobody here has the token. */
const tokenProblems = {
  'not-rotated': {
    code: 'token-not-rotated',
    title: 'The logout is confirmed, but the token was not rotated',
    todo: 'A copy of the old token may still work. Try again, or change the token in the GREEN-API console.',
    retryable: true,
  },
  'token-lost': {
    code: 'token-lost',
    title: 'The logout is confirmed, but the new token is known to GREEN-API only',
    todo: 'Fetch the new token in the GREEN-API console and put it into the secret of this instance.',
    retryable: false,
  },
} as const satisfies Record<Exclude<TokenRecord['kind'], 'rotated'>, object>;

const tokenProblem = (
  kind: keyof typeof tokenProblems,
  detail: string,
  members: Readonly<Record<string, unknown>>,
): APIGatewayProxyStructuredResultV2 => {
  const { todo, retryable: mayRetry, ...problem } = tokenProblems[kind];
  return problemResponse({
    ...problem,
    status: 502,
    detail: `${sentence(detail)} ${todo}`,
    members: { ...members, retryable: mayRetry },
  });
};

/** This deployment does not rotate tokens: nothing was done. */
export const rotationDisabled = (members: Readonly<Record<string, unknown>> = {}): APIGatewayProxyStructuredResultV2 =>
  problemResponse({
    code: 'token-rotation-disabled',
    status: 409,
    title: 'This deployment does not rotate tokens',
    detail:
      'Nothing was done. Repeat the request without rotateToken, or set tokenRotation.enabled in the configuration.',
    members,
  });

const withHeaders = (
  answer: APIGatewayProxyStructuredResultV2,
  headers: Readonly<Record<string, string>>,
): APIGatewayProxyStructuredResultV2 => ({ ...answer, headers: { ...answer.headers, ...headers } });

const describeToken = ({ kind, oldTokenStillWorks }: TokenRecord): object => ({
  rotated: kind === 'rotated',
  ...(oldTokenStillWorks && { oldTokenStillWorks }),
});

/** The answer to a logout: 200 if it is confirmed, 202 if the caller did not wait for a reading, problem details otherwise. */
export const logoutResponse = (
  idInstance: InstanceId,
  { outcome, confirmedAt, readings, followUp: { queue, token } }: LogoutResult,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 => {
  const { isLogout, stateInstance } = outcome;
  const reported = { idInstance, isLogout, confirmed: outcome.confirmed, confirmedAt, readings, stateInstance, queue };
  if (isFailure(outcome)) return withHeaders(failureResponse(outcome, reported), headers);
  if (outcome.confirmed && token !== undefined && token.kind !== 'rotated')
    return withHeaders(tokenProblem(token.kind, token.detail ?? '', reported), headers);
  const known = outcome.kind === 'already-logged-out' && { alreadyLoggedOut: true };
  return jsonResponse(
    outcome.confirmed ? 200 : 202,
    { ...reported, ...known, ...(token && { token: describeToken(token) }) },
    headers,
  );
};
