import { InvalidArgumentError } from 'commander';

/** The longest wait that the API grants, in seconds. */
const longestWait = 20;

/** For `--wait`. */
export const parseWaitOption = (text: string): number => {
  if (!/^[0-9]{1,2}$/.test(text) || Number(text) > longestWait)
    throw new InvalidArgumentError(`It must be a whole number of seconds from 0 to ${longestWait}.`);
  return Number(text);
};
