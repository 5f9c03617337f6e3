import type { ScimObject } from './attributes.ts';
import { schemaUrns } from './schema-urns.ts';
import { ScimError } from './scim-error.ts';

/** The most resources in one answer; `/ServiceProviderConfig` says so. */
export const maxResults = 200;

export type Page = { readonly startIndex: number; readonly count: number };

const parseNumber = (query: URLSearchParams, name: string, absent: number): number => {
  const text = query.get(name)?.trim() ?? '';
  if (text === '') return absent;
  if (!/^[+-]?[0-9]+$/.test(text)) throw new ScimError(400, `${name} must be a whole number`, 'invalidValue');
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
};

/** Reads `startIndex` and `count` (RFC 7644, section 3.4.2.4). @throws ScimError */
export const parsePage = (query: URLSearchParams): Page => ({
  startIndex: Math.max(1, parseNumber(query, 'startIndex', 1)),
  count: Math.min(maxResults, Math.max(0, parseNumber(query, 'count', maxResults))),
});

export const listResponse = (
  all: readonly ScimObject[],
  { startIndex, count }: Page = { startIndex: 1, count: maxResults },
): ScimObject => {
  const resources = all.slice(startIndex - 1, startIndex - 1 + count);
  return {
    schemas: [schemaUrns.listResponse],
    totalResults: all.length,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
};
