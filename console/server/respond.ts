import type { ServerResponse } from 'node:http';

/** Every answer of this server has the headers of the page too, such as `cache-control: no-store`. */
export const sendJson = (response: ServerResponse, status: number, body: object, type = 'application/json'): void =>
  void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));

type Problem = { readonly status: number; readonly code: string; readonly title: string; readonly detail: string };

/** A problem of this server itself, in the form of the API's own (RFC 9457). */
export const sendProblem = (response: ServerResponse, problem: Problem): void => {
  const type = `urn:problem-type:green-api-logout:${problem.code}`;
  sendJson(response, problem.status, { type, ...problem }, 'application/problem+json');
};

const relayedHeaders = ['content-type', 'cache-control', 'retry-after', 'location', 'preference-applied'];

/** Answers as another server did. */
export const relay = async (answer: Response, response: ServerResponse): Promise<void> => {
  const headers = [...answer.headers].filter(([name]) => relayedHeaders.includes(name));
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, Object.fromEntries(headers)).end(body);
};
