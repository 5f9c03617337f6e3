import { describeStatus, type Ending, metNobody } from '../../../client/run-words.ts';

const classes: Readonly<Record<string, string>> = { SUCCEEDED: 'good', FAILED: 'bad', TIMED_OUT: 'bad' };

type RunStatusProps = {
  readonly run: Ending;
  /** Without colour. */
  readonly plain?: boolean;
};

/** The status as AWS names it, with what it must not be mistaken for; the colour only repeats what the word says. */
export const RunStatus = ({ run, plain = false }: RunStatusProps) => (
  <span class={`badge ${plain || metNobody(run) ? '' : (classes[run.status] ?? '')}`}>{describeStatus(run)}</span>
);
