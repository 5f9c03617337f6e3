/** What the deployment allows a run. */
export type RunLimits = {
  /** Instances it may touch, whatever it is asked. */
  readonly maxTargetsCeiling: number;
  /** How long it may last, waiting for `at` included, in milliseconds. */
  readonly executionTimeoutMs: number;
};

/** Instances a run may touch unless the request says otherwise. */
const defaultMaxTargets = 50;

/** How long after `at`, or after its cause, a run may still act unless the request says otherwise, in milliseconds. */
export const defaultExpiryMs = 24 * 60 * 60 * 1_000;

export const defaultMaxTargetsWithin = (ceiling: number): number => Math.min(defaultMaxTargets, ceiling);

/** The `expiresAt` that follows from the `at`, or else from the cause, of a run. ISO 8601. */
export const defaultExpiryAfter = (instant: string): string =>
  new Date(Date.parse(instant) + defaultExpiryMs).toISOString();
