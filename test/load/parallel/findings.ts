export type Logout = { readonly idInstance: string; readonly outcome: string; readonly tookMs: number };

/** What all clients together have recorded. */
export const createFindings = () => ({
  logouts: [] as Logout[],
  /** The number of requests other than logouts. */
  others: 0,
  /** Problems found in responses: false, or not allowed for the request. */
  wrong: [] as string[],
  /** Requests whose response was missing or incomplete. */
  lost: [] as string[],
});

export type Findings = ReturnType<typeof createFindings>;
