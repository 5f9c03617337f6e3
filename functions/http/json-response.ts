import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** What every HTTP door answers: never cached, for it is true now and may not be in a second. */
export const jsonResponse = (
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});
