const classes: Readonly<Record<string, string>> = { SUCCEEDED: 'good', FAILED: 'bad', TIMED_OUT: 'bad' };

type RunStatusProps = {
  readonly status: string;
  /** Without colour. */
  readonly plain?: boolean;
};

/** The status as AWS names it; the colour only repeats what the word says. */
export const RunStatus = ({ status, plain = false }: RunStatusProps) => (
  <span class={`badge ${plain ? '' : (classes[status] ?? '')}`}>{status}</span>
);
