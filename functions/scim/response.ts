import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export const schemaUrns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  listResponse: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
  serviceProviderConfig: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  resourceType: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  schema: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
} as const;

/** RFC 7644, table 9; only those that this service answers. */
type ScimType = 'invalidFilter' | 'invalidPath' | 'invalidSyntax' | 'invalidValue' | 'noTarget' | 'uniqueness';

/** A request that SCIM answers with an error of its own shape (RFC 7644, section 3.12). */
export class ScimError extends Error {
  override readonly name = 'ScimError';
  readonly status: number;
  readonly scimType: ScimType | undefined;
  /** Seconds until the same request can succeed. */
  readonly retryAfter: number | undefined;

  /** @param detail what is wrong and what to send instead; it never quotes the request */
  constructor(status: number, detail: string, scimType?: ScimType, retryAfter?: number) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
    this.retryAfter = retryAfter;
  }
}

export const scimResponse = (
  statusCode: number,
  body: object,
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

/** The most resources in one answer; `/ServiceProviderConfig` says so. */
export const maxResults = 200;

export type Page = { readonly startIndex: number; readonly count: number };

export const listResponse = (
  all: readonly object[],
  { startIndex, count }: Page = { startIndex: 1, count: maxResults },
): APIGatewayProxyStructuredResultV2 => {
  const resources = all.slice(startIndex - 1, startIndex - 1 + count);
  return scimResponse(200, {
    schemas: [schemaUrns.listResponse],
    totalResults: all.length,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  });
};

/** An error in SCIM's shape: `status` is a text (RFC 7644, section 3.12). */
export const scimProblem = (
  { status, message: detail, scimType, retryAfter }: ScimError,
  headers: Readonly<Record<string, string>> = {},
) =>
  scimResponse(
    status,
    { schemas: [schemaUrns.error], status: String(status), ...(scimType && { scimType }), detail },
    { ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }), ...headers },
  );
