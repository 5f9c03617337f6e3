import { useEffect, useRef, useState } from 'preact/hooks';
import { hasEnded, type ListedRun, type RunPage } from '../../../client/answers.ts';
import type { Failure } from '../../../client/result.ts';
import { describeRequester } from '../../../client/run-words.ts';
import { endStatuses } from '../../../functions/runs/run-status.ts';
import { api } from '../api.ts';
import { type Column, DataTable, LongText } from '../components/data-table.tsx';
import { Select } from '../components/fields.tsx';
import { Instant } from '../components/instant.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { createStore } from '../store.ts';
import { useLoaded } from '../use-loaded.ts';
import { useStore } from '../use-store.ts';
import { classOfListed, describeListed, describeStatus, titleOfListed } from './describe-run.ts';
import { RunId } from './run-id.tsx';

/** It stays when another view is shown in between. */
const statusFilter = createStore('');

/** What is happening stands above what has happened. */
const runningFirst = (runs: readonly ListedRun[]): readonly ListedRun[] =>
  runs.toSorted((a, b) => Number(hasEnded(a)) - Number(hasEnded(b)));

const columns: readonly Column<ListedRun>[] = [
  {
    name: 'Run',
    cell: (run) => (
      <a href={`#/runs/${run.id}`}>
        <LongText text={titleOfListed(run)} /> <RunId id={run.id} />
      </a>
    ),
  },
  { name: 'Result', cell: (run) => <span class={classOfListed(run)}>{describeListed(run)}</span> },
  { name: 'Reason', cell: ({ reason }) => <LongText text={reason ?? '–'} /> },
  {
    name: 'By',
    cell: ({ requestedBy, source }) => <LongText text={requestedBy ? describeRequester(requestedBy) : source} />,
  },
  { name: 'Started', cell: ({ startedAt }) => <Instant at={startedAt} /> },
];

/** The pages after the first, which `Older runs` loads one by one. */
const useOlderRuns = (status: string, first: RunPage | undefined) => {
  const [older, setOlder] = useState<RunPage>();
  const [problem, setProblem] = useState<Failure>();
  const call = useRef<AbortController | undefined>(undefined);
  // Another first page makes the older ones outdated, and the answer that is under way
  useEffect(() => {
    setOlder(undefined);
    setProblem(undefined);
    return () => {
      call.current?.abort();
      call.current = undefined;
    };
  }, [first, status]);
  // A page may be empty and not the last
  const { next } = older ?? first ?? {};

  const load = async () => {
    if (call.current) return;
    const controller = new AbortController();
    call.current = controller;
    const page = await api.readRunPage({ status: status || undefined, next }, controller.signal);
    if (controller.signal.aborted) return;
    call.current = undefined;
    if (page.kind !== 'ok') return setProblem(page);
    setProblem(undefined);
    setOlder((before) => ({ ...page.value, runs: [...(before?.runs ?? []), ...page.value.runs] }));
  };
  return {
    runs: [...(first?.runs ?? []), ...(older?.runs ?? [])],
    problem,
    load: next === undefined ? undefined : load,
  };
};

/** Recent runs, newest first. */
export const RunList = () => {
  const status = useStore(statusFilter);
  const { value, problem, loading, reload } = useLoaded(
    (signal) => api.readRunPage({ status: status || undefined }, signal),
    status,
  );
  const older = useOlderRuns(status, value);
  const failure = problem ?? older.problem;
  return (
    <>
      <div class="filters">
        <Select
          label="Status"
          value={status}
          onInput={statusFilter.set}
          none="Every status"
          options={['RUNNING', ...endStatuses]}
          wordsOf={describeStatus}
        />
        <button type="button" onClick={reload}>
          Reload runs
        </button>
      </div>
      {failure && <ProblemAlert problem={failure} />}
      {value && (
        <DataTable
          caption="Recent runs"
          columns={columns}
          rows={runningFirst(older.runs)}
          keyOf={({ id }) => id}
          empty="No runs. Ended runs are listed until the retention of the deployment is over."
        />
      )}
      {loading && <p class="hint">Loading…</p>}
      {older.load && !loading && (
        <button type="button" onClick={older.load}>
          Older runs
        </button>
      )}
    </>
  );
};
