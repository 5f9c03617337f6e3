import { schemaUrns } from '../../functions/scim/response.ts';

/** An error as SCIM answers it. */
export const errorOf = (status: number, scimType?: string) => ({
  schemas: [schemaUrns.error],
  status: String(status),
  detail: expect.any(String),
  ...(scimType && { scimType }),
});
