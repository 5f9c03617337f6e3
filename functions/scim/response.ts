import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ScimObject } from './attributes.ts';
import { schemaUrns } from './schema-urns.ts';
import type { ScimType } from './scim-error.ts';

export const scimResponse = (
  statusCode: number,
  body: ScimObject,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/scim+json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

export const noContent: APIGatewayProxyStructuredResultV2 = {
  statusCode: 204,
  headers: { 'cache-control': 'no-store' },
};

export type ScimProblem = {
  readonly status: number;
  readonly detail: string;
  readonly scimType?: ScimType | undefined;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

/** An error in SCIM's shape: `status` is a text (RFC 7644, section 3.12). */
export const scimProblem = ({ status, detail, scimType, retryAfter, headers }: ScimProblem) =>
  scimResponse(
    status,
    { schemas: [schemaUrns.error], status: String(status), ...(scimType && { scimType }), detail },
    { ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }), ...headers },
  );
