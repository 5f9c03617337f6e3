/**
 * A secret under the prefix whose name is not the prefix and an id, so that nobody knows which instance it is. Its tags may still
 * name a person or a group.
 */
export type UnreadableSecret = { readonly secretName: string; readonly owner?: string; readonly group?: string };

/** Several of them: at most {@link mostNames} of the names, and how many there are. */
export type UnreadableSecrets = { readonly names: readonly string[]; readonly count: number };

const mostNames = 20;
/** Longest name in a sentence, in characters; Secrets Manager allows 512. */
const longestName = 100;

/** Each secret counts once, also if it is on two pages of a list. */
export const countUnreadable = (secrets: readonly UnreadableSecret[]): UnreadableSecrets => {
  const names = [...new Set(secrets.map(({ secretName }) => secretName))].sort();
  return { names: names.slice(0, mostNames), count: names.length };
};

/** Those of several answers, each of which counted its own. */
export const sumUnreadable = (answers: readonly UnreadableSecrets[]): UnreadableSecrets => ({
  names: answers.flatMap(({ names }) => names).slice(0, mostNames),
  count: answers.reduce((sum, { count }) => sum + count, 0),
});

/** How many there are, as a sentence without its end. @param where reads after "secrets" */
export const describeCount = ({ count }: UnreadableSecrets, where: string): string =>
  count === 1 ? `1 secret ${where} is not understood` : `${count} secrets ${where} are not understood`;

const shortened = (name: string): string => (name.length > longestName ? `${name.slice(0, longestName)}…` : name);

/** Their names, and what to do about them. */
export const describeNames = ({ names, count }: UnreadableSecrets): string => {
  const more = count > names.length ? [`${count - names.length} more`] : [];
  return `${[...names.map(shortened), ...more].join(', ')} (name each after its idInstance, tag it ignore = true, or put the prefix of another deployment into otherPrefixes)`;
};
