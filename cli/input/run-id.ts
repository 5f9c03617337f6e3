import { parseRunName, type RunName } from '../../functions/runs/run-name.ts';
import { UsageError } from '../errors.ts';

/** @throws UsageError */
export const readRunId = (text: string | undefined): RunName => {
  const id = parseRunName(text);
  if (id === undefined)
    throw new UsageError('This is no id of a run: it looks like api-, event- or schedule- and 40 hex digits.');
  return id;
};
