export type Logout = { readonly idInstance: string; readonly told: string; readonly tookMs: number };

/** What all clients together have met. */
export const createFindings = () => ({
  logouts: [] as Logout[],
  /** Requests that were no logout. */
  others: 0,
  /** Answers that are not true, or not the ones there must be. */
  wrong: [] as string[],
  /** Requests that got no whole answer. */
  lost: [] as string[],
});

export type Findings = ReturnType<typeof createFindings>;
