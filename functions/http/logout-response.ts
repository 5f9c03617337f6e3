import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { InstanceId } from '../green-api/instance-id.ts';
import { advice, tokenAdvice } from '../green-api/vocabulary.ts';
import type { TokenRecord } from '../logout/evidence.ts';
import type { LogoutResult } from '../logout/log-out.ts';
import { type FailureKind, isFailure, mayPass } from '../logout/outcome.ts';
import { jsonResponse, problemResponse } from './response.ts';

type Row = { readonly status: number; readonly title: string; readonly retryAfter?: number };

export const failureRows = {
  unconfirmed: { status: 502, title: 'The logout is not confirmed' },
  refused: { status: 502, title: 'GREEN-API refused the logout' },
  'credential-rejected': { status: 502, title: 'GREEN-API rejected the token' },
  'wrong-instance-or-host': { status: 502, title: 'GREEN-API does not know this instance at this address' },
  'request-refused': { status: 502, title: 'GREEN-API refused the request' },
  'instance-expired': { status: 409, title: 'The instance is not paid for' },
  'instance-deleted': { status: 409, title: 'The instance is deleted' },
  'instance-starting': { status: 503, title: 'The instance is starting', retryAfter: 30 },
  'rate-limited': { status: 429, title: 'GREEN-API allows one logout a second', retryAfter: 2 },
  'quota-exceeded': { status: 502, title: 'The quota of the GREEN-API plan is used up' },
  unavailable: { status: 503, title: 'The logout could not be carried out now', retryAfter: 5 },
  'timed-out': { status: 504, title: 'There was no answer in time' },
  'unknown-instance': { status: 404, title: 'There is no secret for this instance' },
  'credential-unreadable': { status: 500, title: 'The credential of this instance cannot be read' },
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
  texts: Partial<Record<FailureKind, { readonly title: string; readonly todo: string }>> = {},
): APIGatewayProxyStructuredResultV2 => {
  const { todo = advice[kind], ...text } = texts[kind] ?? {};
  const row: Row = { ...failureRows[kind], ...text };
  const retryable = mayPass(kind);
  return problemResponse({
    ...row,
    code: kind,
    detail: `${sentence(detail)} ${todo}`,
    members: { ...members, retryable },
  });
};

/** The session ended, but a copy of the token may still link the instance again, or nobody here has the token. */
const tokenProblems = {
  'not-rotated': {
    code: 'token-not-rotated',
    title: 'The logout is confirmed, but the token was not rotated',
    retryable: true,
  },
  'token-lost': {
    code: 'token-lost',
    title: 'The logout is confirmed, but the new token is known to GREEN-API only',
    retryable: false,
  },
} as const satisfies Record<Exclude<TokenRecord['kind'], 'rotated'>, object>;

const tokenProblem = (kind: keyof typeof tokenProblems, text: string, members: Readonly<Record<string, unknown>>) => {
  const { retryable, ...problem } = tokenProblems[kind];
  const detail = `${sentence(text)} ${tokenAdvice[kind]}`;
  return problemResponse({ ...problem, status: 502, detail, members: { ...members, retryable } });
};

/** This deployment does not rotate tokens: nothing was done. */
export const rotationDisabled = (members: Readonly<Record<string, unknown>> = {}) =>
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
