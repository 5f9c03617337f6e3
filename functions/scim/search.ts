import { isScimObject, readAttribute } from './attributes.ts';
import { ScimError } from './scim-error.ts';

const parameters = ['filter', 'startIndex', 'count', 'attributes', 'excludedAttributes'] as const;

/** Reads the body of a search as the query that says the same (RFC 7644, section 3.4.3). @throws ScimError */
export const parseSearch = (body: unknown): URLSearchParams => {
  if (!isScimObject(body)) throw new ScimError(400, 'the body must be a JSON object', 'invalidSyntax');
  return new URLSearchParams(
    parameters.flatMap((name): [string, string][] => {
      const value = readAttribute(body, name.toLowerCase());
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
};
