/**
 * Reads a whole number as people write one in an option: digits without leading zeros, and no sign, space, point or exponent.
 *
 * @returns `undefined` for every other text, and for a number out of these bounds
 */
export const parseWholeNumber = (text: string, least: number, most: number): number | undefined => {
  const number = /^(?:0|[1-9][0-9]{0,8})$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
};
