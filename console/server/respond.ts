import type { ServerResponse } from 'node:http';

export const sendJson = (response: ServerResponse, status: number, body: object): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
};

/** A problem of this server itself, in the form of the API's own (RFC 9457). */
export const sendProblem = (
  response: ServerResponse,
  problem: { readonly status: number; readonly code: string; readonly title: string; readonly detail: string },
): void => {
  response
    .writeHead(problem.status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
    .end(JSON.stringify({ type: `urn:problem-type:green-api-logout:${problem.code}`, ...problem }));
};
