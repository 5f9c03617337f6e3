const base = '/scim/v2';

/** Where the service is in a path, e.g. at 0: a domain of one's own may put a prefix before it. */
const baseAt = (rawPath: string): number => Math.max(0, rawPath.indexOf(base));

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** The path of the service, e.g. `/scim/v2`. */
export const basePathOf = (rawPath: string): string => `${rawPath.slice(0, baseAt(rawPath))}${base}`;

/**
 * The parts of a path after that of the service, e.g. `['Users', 'x']`. Slashes at the end and double ones do not count: a base address
 * that ends in a slash gives them. The gateway has no route for such a path but the one for all other paths.
 */
export const segmentsOf = (rawPath: string): readonly string[] =>
  rawPath
    .slice(baseAt(rawPath) + base.length)
    .split('/')
    .filter((segment) => segment !== '')
    .map(decode);
