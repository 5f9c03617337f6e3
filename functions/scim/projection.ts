import { attributeName, isScimObject, type ScimObject } from './attributes.ts';

/** Returned whatever a client asks for (RFC 7643, section 7). */
const always: readonly string[] = ['id', 'schemas'];

const namesIn = (query: URLSearchParams, parameter: string): readonly string[] =>
  query
    .getAll(parameter)
    .flatMap((list) => list.split(','))
    .map(attributeName)
    .filter((name) => name !== '');

/** Keeps each attribute or sub-attribute that a test of its name passes. */
const keep = (object: ScimObject, isKept: (name: string) => boolean, parent = ''): ScimObject =>
  Object.fromEntries(
    Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
      const name = `${parent}${key.toLowerCase()}`;
      if (isKept(name)) return [[key, value]];
      const inner = isScimObject(value) ? keep(value, isKept, `${name}.`) : {};
      return Object.keys(inner).length > 0 ? [[key, inner]] : [];
    }),
  );

/** Leaves out the attributes and sub-attributes with these names. */
const leaveOut = (object: ScimObject, names: readonly string[], parent = ''): ScimObject =>
  Object.fromEntries(
    Object.entries(object)
      .filter(([key]) => !names.includes(`${parent}${key.toLowerCase()}`))
      .map(([key, value]) => [key, isScimObject(value) ? leaveOut(value, names, `${key.toLowerCase()}.`) : value]),
  );

/** The part of a resource that `attributes` or `excludedAttributes` ask for (RFC 7644, section 3.9). */
export const project = (resource: ScimObject, query: URLSearchParams): ScimObject => {
  const wanted = namesIn(query, 'attributes');
  if (wanted.length > 0) return keep(resource, (name) => always.includes(name) || wanted.includes(name));
  const unwanted = namesIn(query, 'excludedAttributes').filter((name) => !always.includes(name));
  return unwanted.length > 0 ? leaveOut(resource, unwanted) : resource;
};
