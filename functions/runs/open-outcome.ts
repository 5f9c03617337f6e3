/** What an outcome says of what is left to do. The service and its clients read it by the same rule. */
type Judged = {
  readonly kind: string;
  readonly skipReason?: string | undefined;
  readonly token?: { readonly kind: string; readonly oldTokenStillWorks?: boolean | undefined } | undefined;
};

const needingNothing: ReadonlySet<string> = new Set(['logged-out', 'already-logged-out', 'ready']);

/** Whether nothing is left to do about the session of an instance. */
export const needsNothing = ({ kind }: Pick<Judged, 'kind'>): boolean => needingNothing.has(kind);

const hasOldToken = ({ token }: Judged): boolean =>
  token !== undefined && (token.kind !== 'rotated' || token.oldTokenStillWorks === true);

/** Whether a retry takes the instance: not all is confirmed. A skipped one may be in reach now, because its tags are read again. */
export const isOpen = (outcome: Judged): boolean =>
  outcome.skipReason !== 'excepted' && (!needsNothing(outcome) || hasOldToken(outcome));
