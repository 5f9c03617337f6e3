import type { Instance, ListedRun, Outcome, Run } from '../../../client/answers.ts';
import type { Client } from '../../../client/client.ts';
import { includes } from '../../../functions/instances/identity.ts';
import { idsOf } from '../instances/logouts.ts';
import { describeKind } from '../runs/describe-run.ts';

type Tagged = Pick<Instance, 'idInstance' | 'owner' | 'group'>;

/** Whether a run may have met one of the instances, as far as its target says. */
export const mayMeet = ({ target }: ListedRun, instances: readonly Tagged[]): boolean =>
  target === undefined || instances.some((instance) => includes(target, instance));

type MetRun = { readonly run: Run; readonly outcomes: readonly Outcome[] };

/** The history of each run is read: AWS allows 15 such calls a second, for everybody. */
const mostRead = 6;
const mostShown = 3;

/** The newest runs that met one of the instances, with what they did to them. */
export const readRecentRuns = async (
  { readRunPage, readRun }: Pick<Client, 'readRunPage' | 'readRun'>,
  instances: readonly Tagged[],
  signal: AbortSignal,
): Promise<readonly MetRun[]> => {
  const page = await readRunPage({}, signal);
  if (page.kind !== 'ok') return [];
  const ids = new Set(idsOf(instances));
  const met: MetRun[] = [];
  for (const { id } of page.value.runs.filter((run) => mayMeet(run, instances)).slice(0, mostRead)) {
    const reading = await readRun(id, signal);
    if (reading.kind !== 'ok') continue;
    const outcomes = reading.value.outcomes.filter(({ idInstance }) => ids.has(idInstance));
    if (outcomes.length > 0) met.push({ run: reading.value, outcomes });
    if (met.length === mostShown) break;
  }
  return met;
};

export const describeMet = ({ run, outcomes }: MetRun): string => {
  if (run.request?.dryRun) return 'Drill: nobody was logged out';
  const confirmed = outcomes.filter((outcome) => outcome.confirmed).length;
  if (confirmed === outcomes.length) return confirmed === 1 ? 'logged out, confirmed' : `all ${confirmed} confirmed`;
  const [only] = outcomes;
  if (outcomes.length === 1 && only) return `not confirmed: ${describeKind(only.skipReason ?? only.kind)}`;
  return `${confirmed} of ${outcomes.length} instances confirmed`;
};
