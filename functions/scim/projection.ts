import { attributeName, isScimObject, type ScimObject } from './attributes.ts';

/** Returned whatever a client asks for (RFC 7643, section 7). */
const always: readonly string[] = ['id', 'schemas'];

const namesIn = (query: URLSearchParams, parameter: string): readonly string[] =>
  query
    .getAll(parameter)
    .flatMap((list) => list.split(','))
    .map(attributeName)
    .filter((name) => name !== '');

/** Keeps each attribute and sub-attribute whose name passes, or that of what it is in. */
const select = (
  object: ScimObject,
  isWanted: (names: readonly string[]) => boolean,
  above: readonly string[] = [],
): ScimObject =>
  Object.fromEntries(
    Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
      const names = [...above, [...above, key.toLowerCase()].join('.')];
      if (!isScimObject(value)) return isWanted(names) ? [[key, value]] : [];
      const inner = select(value, isWanted, names);
      return Object.keys(inner).length > 0 ? [[key, inner]] : [];
    }),
  );

/** The part of a resource that `attributes` or `excludedAttributes` ask for (RFC 7644, section 3.9). */
export const project = (resource: ScimObject, query: URLSearchParams): ScimObject => {
  const wanted = namesIn(query, 'attributes');
  const unwanted = namesIn(query, 'excludedAttributes');
  const isAny = (names: readonly string[], of: readonly string[]) => names.some((name) => of.includes(name));
  return select(
    resource,
    (names) => isAny(names, always) || (wanted.length > 0 ? isAny(names, wanted) : !isAny(names, unwanted)),
  );
};
