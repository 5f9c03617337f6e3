import { parseRunName, type RunName } from '../../functions/runs/run-name.ts';
import { UsageError } from '../errors.ts';

/** @throws UsageError */
export const readRunId = (text: string | undefined): RunName => {
  const id = parseRunName(text);
  if (id === undefined)
    throw new UsageError('Invalid run id: it must be api-, event- or schedule- followed by 40 hex digits.');
  return id;
};
