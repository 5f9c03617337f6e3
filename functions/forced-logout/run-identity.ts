import type { ForcedLogout } from './request.ts';

/** A run that has begun. */
export type RunIdentity = {
  readonly id: string;
  readonly request: ForcedLogout;
  /** When the run began; ISO 8601. */
  readonly startedAt: string;
};
