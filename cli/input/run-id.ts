import { countOf } from '../../client/count-of.ts';
import { parseRunName } from '../../functions/runs/run-name.ts';
import { parseWatchName } from '../../functions/runs/start-watch.ts';
import { valueIn } from '../api/api.ts';
import { UsageError } from '../errors.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';

/** @throws UsageError */
const readRunId = (text: string | undefined): string => {
  const id = parseRunName(text);
  if (id === undefined) throw new UsageError('Invalid run id. The runs command lists the ids.');
  return id;
};

/** The end of an id, as the runs command shows it. */
const shortId = /^#?([0-9a-f]{8})$/;

/** Reads the id of a run, or the end of it, without asking a deployment. @throws UsageError */
export const readRunIdEnd = (text: string): string => shortId.exec(text)?.[1] ?? readRunId(text);

/** Pages that are searched for the end of an id, newest runs first. */
const mostPages = 10;

/** @throws UsageError if the newest runs have none, or several, with this end */
const findRunId = async (session: Session, end: string): Promise<string> => {
  const api = await session.api();
  let next: string | undefined;
  let searched = 0;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = valueIn(await api.readRunPage({ next }));
    const ids = page.runs.map(({ id }) => id).filter((id) => id.endsWith(end));
    const [id] = ids;
    if (ids.length > 1) throw new UsageError(`Several runs end in ${end}: ${ids.map(printable).join(', ')}.`);
    if (id !== undefined) return id;
    searched += page.runs.length;
    next = page.next;
    if (next === undefined) break;
  }
  if (searched === 0) throw new UsageError(`There is no run yet, so none ends in ${end}.`);
  throw new UsageError(
    `None of the newest ${countOf(searched, 'run')} ends in ${end}. Give the whole id: runs --json has it.`,
  );
};

/** Reads the id of a run, or the end of it. @throws UsageError */
export const resolveRunId = async (session: Session, text: string | undefined): Promise<string> => {
  const [, end] = shortId.exec(text ?? '') ?? [];
  return end === undefined ? readRunId(text) : findRunId(session, end);
};

/** Reads the id of a run, or the end of it, or the id of the watch that follows it. @throws UsageError */
export const resolveRunOrWatchId = async (
  session: Session,
  text: string | undefined,
): Promise<{ readonly kind: 'run' | 'watch'; readonly id: string }> => {
  const watch = parseWatchName(text);
  return watch === undefined ? { kind: 'run', id: await resolveRunId(session, text) } : { kind: 'watch', id: watch };
};
