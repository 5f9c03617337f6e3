/** How long a logout waits for its confirmation, in seconds. */
const waitRange = { default: 5, longest: 20 } as const;

type Wait = {
  readonly waitMs: number;
  /** The header that tells the caller which preference was applied (RFC 7240, section 3). */
  readonly applied?: { readonly 'preference-applied': string };
};

// RFC 7240, section 2: preference = token [ BWS "=" BWS word ] *( OWS ";" [ OWS parameter ] )
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const word = `(?:${token}|"(?:[^"\\\\]|\\\\.)*")`;
const pair = (name: string, value: string) => `${name}(?:[ \\t]*=[ \\t]*${value})?`;
const preferencePattern = new RegExp(
  `[ \\t]*(?:${pair(`(${token})`, `(${word})`)}(?:[ \\t]*;(?:[ \\t]*${pair(token, word)})?)*)?[ \\t]*(?:,|$)`,
  'y',
);

const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text);

/** The value of the first preference of that name; `undefined` if there is none, or if the header is not of RFC 7240's grammar. */
const preferenceOf = (header: string, wanted: string): string | undefined => {
  let found: string | undefined;
  preferencePattern.lastIndex = 0;
  while (preferencePattern.lastIndex < header.length) {
    const match = preferencePattern.exec(header);
    if (match === null) return undefined;
    const [, name, value = ''] = match;
    if (name?.toLowerCase() === wanted) found ??= unquote(value);
  }
  return found;
};

/**
 * Reads `Prefer: wait=<seconds>` (RFC 7240). The first `wait` counts; one that is not made of digits is ignored, and one above the
 * limit is reduced to it. Leading zeros are allowed: `delta-seconds` is 1*DIGIT (RFC 7234, section 1.2.1).
 * `Preference-Applied` reports what was applied.
 */
export const parseWait = (prefer: string | undefined): Wait => {
  const seconds = /^[0-9]+$/.exec(preferenceOf(prefer ?? '', 'wait') ?? '')?.[0];
  if (seconds === undefined) return { waitMs: waitRange.default * 1_000 };

  const granted = Math.min(Number(seconds), waitRange.longest);
  return { waitMs: granted * 1_000, applied: { 'preference-applied': `wait=${granted}` } };
};
