/**
 * A secret under the prefix whose name is not the prefix and an id, so that nobody knows which instance it is. Its tags may still
 * name a person or a group.
 */
export type UnreadableSecret = { readonly secretName: string; readonly owner?: string; readonly group?: string };

/** Several of them: at most {@link mostNames} of the names, and how many there are. */
export type UnreadableSecrets = { readonly names: readonly string[]; readonly count: number };

const mostNames = 20;

/** Each secret counts once, also if it is on two pages of a list. */
export const countUnreadable = (secrets: readonly UnreadableSecret[]): UnreadableSecrets => {
  const names = [...new Set(secrets.map(({ secretName }) => secretName))].sort();
  return { names: names.slice(0, mostNames), count: names.length };
};
