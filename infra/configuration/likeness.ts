/** The share of pairs of neighbouring letters and digits that two names have in common, from 0 to 1. */
export const likeness = (one: string, other: string): number => {
  const [pairs, otherPairs] = [pairsIn(one), pairsIn(other)];
  const common = [...pairs].filter((pair) => otherPairs.has(pair)).length;
  return (2 * common) / (pairs.size + otherPairs.size);
};

const pairsIn = (name: string): ReadonlySet<string> => {
  const characters = name.toLowerCase().replace(/[-_ ]/g, '');
  return new Set(Array.from(characters, (character, index) => character + (characters[index + 1] ?? '')));
};
