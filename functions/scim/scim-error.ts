/** RFC 7644, table 9; only those that this service answers. */
export type ScimType = 'invalidFilter' | 'invalidPath' | 'invalidSyntax' | 'invalidValue' | 'noTarget' | 'uniqueness';

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
