import { InvalidArgumentError } from 'commander';

export const parsePort = (text: string): number => {
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return Number(text);
};
