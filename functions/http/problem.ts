import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { jsonResponse } from './json-response.ts';

/** Problem details (RFC 9457): `code` is stable and for programs, `detail` is for the person who has to act. */
export type Problem = {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Seconds until it is worth asking again. */
  readonly retryAfter?: number;
  /** Members of its own, e.g. `idInstance`. */
  readonly members?: Readonly<Record<string, unknown>>;
};

export const problemResponse = ({
  code,
  status,
  title,
  detail,
  retryAfter,
  members,
}: Problem): APIGatewayProxyStructuredResultV2 =>
  jsonResponse(
    status,
    { type: `urn:problem-type:green-api-logout:${code}`, title, status, detail, code, ...members },
    {
      'content-type': 'application/problem+json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
  );
