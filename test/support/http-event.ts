import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

type EventFields = {
  readonly rawPath?: string;
  /** Decoded, as the gateway passes them. */
  readonly pathParameters?: Record<string, string>;
  readonly queryStringParameters?: Record<string, string>;
  readonly rawQueryString?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly routeKey?: string;
  readonly authorizer?: object;
};

const securityDesk = {
  iam: {
    userArn: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk/night-shift',
    userId: 'AROAEXAMPLEID:night-shift',
  },
};

/** An event as the HTTP API sends it, from a role named SecurityDesk. */
export const httpEventOf = ({
  authorizer = securityDesk,
  headers = {},
  ...fields
}: EventFields): APIGatewayProxyEventV2 =>
  ({
    version: '2.0',
    headers,
    isBase64Encoded: false,
    requestContext: { requestId: 'JKJaXmPLvHcESHA=', authorizer },
    ...fields,
  }) as unknown as APIGatewayProxyEventV2;

/** Lambda's context, with this much time left. */
export const contextOf = (remainingMs = 29_000): Context =>
  ({ getRemainingTimeInMillis: () => remainingMs }) as unknown as Context;

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
};

export const parseAnswer = ({ statusCode, headers, body }: APIGatewayProxyStructuredResultV2): Answer => ({
  status: statusCode ?? 0,
  headers: headers ?? {},
  body: JSON.parse(body ?? '{}'),
});
