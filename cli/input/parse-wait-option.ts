import { InvalidArgumentError } from 'commander';
import { longestWaitSeconds } from '../../client/client.ts';

/** For `--wait`. */
export const parseWaitOption = (text: string): number => {
  if (!/^[0-9]{1,2}$/.test(text) || Number(text) > longestWaitSeconds)
    throw new InvalidArgumentError(`It must be a whole number of seconds from 0 to ${longestWaitSeconds}.`);
  return Number(text);
};
