import type { Session } from '../session.ts';

/** What a step saw. One that could not be tried is not called passed. */
export type Seen = { readonly result: 'ok' | 'failed' | 'not-tried'; readonly seen: string };

export const ok = (seen: string): Seen => ({ result: 'ok', seen });
export const failed = (seen: string): Seen => ({ result: 'failed', seen });
export const notTried = (seen: string): Seen => ({ result: 'not-tried', seen });

export type SmokeOptions = {
  readonly instance?: string;
  readonly configuration: string;
  readonly source: string;
  readonly file?: string;
};

/** An execution of the command, and what its steps leave for later ones. */
export type Smoke = SmokeOptions & {
  readonly session: Session;
  /** Of everything that this execution starts; nothing else has it. */
  readonly reason: string;
  readonly startedAt: Date;
  readonly runs: string[];
  isLoggedOut: boolean;
};

export type Step = {
  readonly name: string;
  /** What must be seen. */
  readonly expected: string;
  readonly run: (smoke: Smoke) => Promise<Seen>;
};
