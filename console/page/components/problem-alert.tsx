import { describeState } from '../../../client/answers.ts';
import type { Failure } from '../../../client/result.ts';
import { describeFailure } from '../describe-failure.ts';

/** What went wrong, what it means and what to do; read out at once by screen readers. */
export const ProblemAlert = ({ problem }: { readonly problem: Failure }) => {
  const { title, detail } = describeFailure(problem);
  const { confirmed, retryable, code, stateInstance } = problem.kind === 'problem' ? problem : {};
  const facts = [
    code,
    'status' in problem && `HTTP ${problem.status}`,
    stateInstance && `last reading: ${describeState({ stateInstance })}`,
  ];
  return (
    <div role="alert" class="problem">
      <p class="problem-title">{title}</p>
      {confirmed && <p>The instance is logged out: the logout is confirmed.</p>}
      <p>{detail}</p>
      {retryable === true && <p>The same request may succeed later.</p>}
      {retryable === false && <p>The same request will fail again until this is corrected.</p>}
      <p class="hint">{facts.filter(Boolean).join(' · ')}</p>
    </div>
  );
};
