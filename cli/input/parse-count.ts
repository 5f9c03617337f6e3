import { InvalidArgumentError } from 'commander';

/** For options that take a whole number from 1. */
export const parseCount = (text: string): number => {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
};
