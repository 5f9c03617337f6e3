/** How long the synchronous door waits for a confirmation, in seconds. */
const waitRange = { default: 5, longest: 20 } as const;

export type Wait = {
  readonly waitMs: number;
  /** For the answer: what the caller asked for and got (RFC 7240, section 3). */
  readonly applied?: { readonly 'preference-applied': string };
};

/**
 * Reads `Prefer: wait=<seconds>` (RFC 7240). As the RFC wants it, the first `wait` counts, one that is no whole number is
 * ignored, and a longer wait than we grant becomes the longest; `Preference-Applied` says what was done.
 */
export const parseWait = (prefer: string | undefined): Wait => {
  const preferences = (prefer ?? '').split(',').map((preference) => preference.split(';')[0]?.trim() ?? '');
  const wait = preferences.find((preference) => /^wait\s*=/i.test(preference));
  const seconds = /^wait\s*=\s*"?([0-9]{1,9})"?$/i.exec(wait ?? '')?.[1];
  if (seconds === undefined) return { waitMs: waitRange.default * 1_000 };

  const granted = Math.min(Number(seconds), waitRange.longest);
  return { waitMs: granted * 1_000, applied: { 'preference-applied': `wait=${granted}` } };
};
