import type { Problem } from '../api/call.ts';

const adviceOf = ({ retryable }: Problem): string | undefined => {
  if (retryable === undefined) return undefined;
  return retryable
    ? 'The same request may succeed later.'
    : 'The same request will fail again until this is corrected.';
};

/** What went wrong, what it means and what to do; read out at once by screen readers. */
export const ProblemAlert = ({ problem }: { readonly problem: Problem }) => {
  const advice = adviceOf(problem);
  const state = problem.stateInstance ?? undefined;
  return (
    <div role="alert" class="problem">
      <p class="problem-title">{problem.title}</p>
      {problem.confirmed && <p>The instance is logged out: the logout is confirmed.</p>}
      <p>{problem.detail}</p>
      {advice !== undefined && <p>{advice}</p>}
      <p class="hint">
        {[problem.code, problem.status > 0 && `HTTP ${problem.status}`, state && `last reading: ${state}`]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  );
};
