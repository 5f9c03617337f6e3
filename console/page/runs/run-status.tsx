const classes: Readonly<Record<string, string>> = { SUCCEEDED: 'good', FAILED: 'bad', TIMED_OUT: 'bad' };

/** The status as AWS names it; the colour only repeats what the word says. */
export const RunStatus = ({ status }: { readonly status: string }) => (
  <span class={`badge ${classes[status] ?? ''}`}>{status}</span>
);
