import type { Run } from '../../../client/answers.ts';
import { answerOf, describeParts, partsOf } from './describe-run.ts';

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
        <rect key={kind} class={kind.replace(' ', '-')} x={starts[index]} y="0" width={count} height="1" />
      ))}
    </svg>
  );
};

/** Whether everybody is out: the sentence, the bar of three colours, and the note of the run. */
export const RunProgress = ({ run }: { readonly run: Run }) => (
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
    {run.note !== undefined && <p class="long">Note: {run.note}</p>}
  </section>
);
