import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { hasEnded, type Run } from '../../../client/answers.ts';
import { followRun, isUnknown } from '../../../client/follow-run.ts';
import type { Result } from '../../../client/result.ts';
import { describePhase, describeRequester } from '../../../client/run-words.ts';
import { api } from '../api.ts';
import { announce } from '../components/announcer.tsx';
import { Instant } from '../components/instant.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { ViewTitle } from '../components/view-title.tsx';
import { useLoaded } from '../use-loaded.ts';
import { answerOf, describeParts, describeTarget, partsOf, tabTitleOf, titleOf } from './describe-run.ts';
import { RunActions } from './run-actions.tsx';
import { factsIn } from './run-form.ts';
import { RunId } from './run-id.tsx';
import { RunOutcomes } from './run-outcomes.tsx';

const Heading = ({ run }: { readonly run: Run }) => (
  <>
    <ViewTitle title={titleOf(run)} tab={tabTitleOf(run)} />
    <p class="muted">
      Started <Instant at={run.startedAt} /> by {describeRequester(run)} · reason: {run.reason} · <RunId id={run.id} />
    </p>
  </>
);

const fills = {
  confirmed: 'var(--good)',
  'looked-at': 'var(--accent)',
  failed: 'var(--danger)',
  skipped: 'var(--border)',
  pending: 'none',
} as const;

const Bar = ({ run }: { readonly run: Run }) => {
  const parts = partsOf(run);
  const starts = parts.map((_, index) => parts.slice(0, index).reduce((sum, { count }) => sum + count, 0));
  return (
    <svg
      class="bar"
      role="img"
      aria-label={describeParts(run)}
      viewBox={`0 0 ${run.progress.total} 1`}
      preserveAspectRatio="none"
    >
      {parts.map(({ kind, count }, index) => (
        <rect key={kind} fill={fills[kind]} x={starts[index]} y="0" width={count} height="1" />
      ))}
    </svg>
  );
};

/** Whether everybody is out: the sentence, the bar of three colours, and the note of the run. */
const RunProgress = ({ run }: { readonly run: Run }) => (
  <section aria-label="Progress">
    <p class="answer" aria-live="polite">
      {answerOf(run)}
    </p>
    {run.progress.total > 0 && (
      <>
        <Bar run={run} />
        <p class="muted">{describeParts(run)}</p>
      </>
    )}
    {run.note !== undefined && <p>Note: {run.note}</p>}
  </section>
);

const factsOf = (run: Run): readonly (readonly [string, ComponentChildren])[] => [
  ['Target', run.request?.target && describeTarget(run.request.target)],
  ['Options', run.request && factsIn(run.request).join(', ')],
  ['Source', run.source],
  ['Requested by', run.requestedBy],
  ['Ended', run.endedAt && <Instant key="ended" at={run.endedAt} />],
  ['Phase', run.phase && describePhase(run.phase)],
  ['Next action', run.nextActionAt && <Instant key="next" at={run.nextActionAt} />],
  ['Retry of', run.retryOf && <a href={`#/runs/${run.retryOf}`}>{run.retryOf}</a>],
  ['Watch', run.watch],
  ['Status', run.status],
  ['Run', run.id],
];

/** Who asked for the run, for whom, why, and when. Facts that are not known are left out. */
const RunFacts = ({ run }: { readonly run: Run }) => (
  <dl>
    {factsOf(run)
      .filter(([, value]) => Boolean(value))
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);

const pollMs = 1_500;

/** Follows a run until it has ended. `reload` reads it at once, for example after it was stopped. */
const useRun = (id: string) =>
  useLoaded<Run>((signal, show) => {
    // A run that has just started may not be found yet.
    const onReading = (reading: Result<Run>) => {
      if (reading.kind === 'ok' || !isUnknown(reading)) show(reading);
    };
    return followRun(api, id, { signal, pollMs, onReading });
  }, id);

/** Is everybody out? One run, followed until it has ended. */
export const RunView = ({ id }: { readonly id: string }) => {
  const { value: run, problem, reload } = useRun(id);
  const status = run?.status;
  // Announced once, not at each reading.
  useEffect(() => {
    if (run && hasEnded(run)) announce(`${titleOf(run)}: ${answerOf(run)}`);
  }, [status]);
  return (
    <>
      <p>
        <a href="#/runs">All runs</a>
      </p>
      {run ? <Heading run={run} /> : <ViewTitle title={`Run ${id}`} />}
      {problem && <ProblemAlert problem={problem} />}
      {!run && !problem && <p class="hint">Reading the run…</p>}
      {run && (
        <>
          <RunProgress run={run} />
          <RunActions run={run} onStopped={reload} />
          <RunOutcomes outcomes={run.outcomes} ended={hasEnded(run)} />
          <RunFacts run={run} />
        </>
      )}
    </>
  );
};
