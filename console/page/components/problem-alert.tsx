import { describeState } from '../../../client/answers.ts';
import type { Failure } from '../../../client/result.ts';
import { describeFailure } from '../describe-failure.ts';

const adviceOf = (retryable: boolean | undefined): string | undefined => {
  if (retryable === undefined) return undefined;
  return retryable
    ? 'The same request may succeed later.'
    : 'The same request will fail again until this is corrected.';
};

/** What went wrong, what it means and what to do; read out at once by screen readers. */
export const ProblemAlert = ({ problem }: { readonly problem: Failure }) => {
  const { title, detail } = describeFailure(problem);
  const { confirmed, retryable, code, stateInstance } = problem.kind === 'problem' ? problem : {};
  const advice = adviceOf(retryable);
  return (
    <div role="alert" class="problem">
      <p class="problem-title">{title}</p>
      {confirmed && <p>The instance is logged out: the logout is confirmed.</p>}
      <p>{detail}</p>
      {advice !== undefined && <p>{advice}</p>}
      <p class="hint">
        {[
          code,
          'status' in problem && `HTTP ${problem.status}`,
          stateInstance && `last reading: ${describeState({ stateInstance })}`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  );
};
