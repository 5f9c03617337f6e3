import type { LambdaFailure } from './lambda-failure.ts';

/** No run was started: thrown by a door nobody waits for, so that its event is delivered again, and in the end kept. */
export class RunNotStarted extends Error {
  override readonly name = 'RunNotStarted';

  constructor({ kind, reason }: LambdaFailure) {
    super(`${kind}: ${reason}`);
  }
}
