import type { Instance } from '../../../client/answers.ts';
import { describeRequester } from '../../../client/run-words.ts';
import { api } from '../api.ts';
import { Instant } from '../components/instant.tsx';
import { idsOf } from '../instances/logouts.ts';
import { useLoaded } from '../use-loaded.ts';
import { describeMet, readRecentRuns } from './recent-runs.ts';

export const RecentRuns = ({ instances }: { readonly instances: readonly Instance[] }) => {
  const { value: met, loading } = useLoaded(async (signal) => {
    const value = await readRecentRuns(api, instances, signal);
    return { kind: 'ok', value, body: value };
  }, idsOf(instances).join(' '));
  return (
    <section aria-label="Recent runs">
      <h2>Recent runs</h2>
      {met === undefined && <p class="muted">Reading the newest runs…</p>}
      {met?.length === 0 && !loading && (
        <p class="muted">None of the newest runs included these instances. Single logouts are in the evidence.</p>
      )}
      <ul class="rows">
        {met?.map(({ run, outcomes }) => (
          <li key={run.id}>
            <Instant at={run.startedAt} />
            <a href={`#/runs/${run.id}`}>{describeMet({ run, outcomes })}</a>
            <span>{run.reason}</span>
            <span class="muted">by {describeRequester(run)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
};
