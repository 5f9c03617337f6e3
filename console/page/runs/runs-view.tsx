import { useEffect, useRef, useState } from 'preact/hooks';
import { hasEnded, type ListedRun, type RunPage } from '../../../client/answers.ts';
import type { Failure } from '../../../client/result.ts';
import { describeRequester } from '../../../client/run-words.ts';
import { endStatuses } from '../../../functions/runs/run-status.ts';
import { api } from '../api.ts';
import { Button } from '../components/button.tsx';
import { type Column, DataTable, LongText } from '../components/data-table.tsx';
import { Select } from '../components/fields.tsx';
import { Instant } from '../components/instant.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { ViewTitle } from '../components/view-title.tsx';
import { useMay } from '../sign-in/may.ts';
import { createStore } from '../store.ts';
import { useStore } from '../use-store.ts';
import { classOfListed, describeListed, describeStatus, titleOfListed } from './describe-run.ts';
import { RunId } from './run-id.tsx';
import { StartRunDialog } from './start-run-dialog.tsx';

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
    cell: ({ requestedBy, source }) => (
      <LongText text={requestedBy ? describeRequester({ requestedBy, source }) : source} />
    ),
  },
  { name: 'Started', cell: ({ startedAt }) => <Instant at={startedAt} /> },
];

/** The first page of runs, and those after it, which `Older runs` loads one by one. */
const useRuns = (status: string) => {
  const [shown, setShown] = useState<RunPage>();
  const [problem, setProblem] = useState<Failure>();
  const [isLoading, setLoading] = useState(true);
  const call = useRef<AbortController | undefined>(undefined);

  const load = async (next?: string) => {
    call.current?.abort();
    const controller = new AbortController();
    call.current = controller;
    setLoading(next === undefined);
    const page = await api.readRunPage({ status: status || undefined, next }, controller.signal);
    if (controller.signal.aborted) return;
    call.current = undefined;
    setLoading(false);
    setProblem(page.kind === 'ok' ? undefined : page);
    if (page.kind !== 'ok') return;
    const { runs, ...rest } = page.value;
    setShown((before) => ({ ...rest, runs: next === undefined ? runs : [...(before?.runs ?? []), ...runs] }));
  };

  useEffect(() => {
    void load();
    return () => call.current?.abort();
  }, [status]);
  // A page may be empty and not the last
  const { runs, next } = shown ?? {};
  const loadOlder = () => {
    if (!call.current) void load(next);
  };
  return { runs, problem, isLoading, reload: () => void load(), loadOlder: next === undefined ? undefined : loadOlder };
};

const RunList = () => {
  const status = useStore(statusFilter);
  const { runs, problem, isLoading, reload, loadOlder } = useRuns(status);
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
        <Button onClick={reload}>Reload runs</Button>
      </div>
      {problem && <ProblemAlert problem={problem} />}
      {runs && (
        <DataTable
          caption="Recent runs"
          columns={columns}
          rows={runningFirst(runs)}
          keyOf={({ id }) => id}
          empty="No runs. Ended runs are listed until the retention of the deployment is over."
        />
      )}
      {isLoading && <p class="hint">Loading…</p>}
      {loadOlder && !isLoading && <Button onClick={loadOlder}>Older runs</Button>}
    </>
  );
};

export const RunsView = () => {
  const may = useMay();
  const [isStarting, setStarting] = useState(false);
  return (
    <>
      <ViewTitle title="Runs" />
      <p>
        A run logs many instances out and goes on by itself until each logout is confirmed. A dry run is a drill: it
        reads every credential and every state, and logs nobody out.
      </p>
      <div class="toolbar">
        {(may('read') || may('runs')) && (
          <Button class="primary" onClick={() => setStarting(true)}>
            New run
          </Button>
        )}
      </div>
      <RunList />
      {isStarting && <StartRunDialog onClose={() => setStarting(false)} />}
    </>
  );
};
