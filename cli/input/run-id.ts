import { parseRunName } from '../../functions/runs/run-name.ts';
import { parseWatchName } from '../../functions/runs/start-watch.ts';
import { UsageError } from '../errors.ts';

/** @throws UsageError */
export const readRunId = (text: string | undefined): string => {
  const id = parseRunName(text);
  if (id === undefined) throw new UsageError('Invalid run id. The runs command lists the ids.');
  return id;
};

/** Reads the id of a run, or of the watch that follows it. @throws UsageError */
export const readRunOrWatchId = (text: string | undefined): { readonly kind: 'run' | 'watch'; readonly id: string } => {
  const watch = parseWatchName(text);
  return watch === undefined ? { kind: 'run', id: readRunId(text) } : { kind: 'watch', id: watch };
};
