import type { failureRows } from '../../../functions/http/logout-response.ts';
import type { FailureKind, OutcomeKind } from '../../../functions/logout/outcome.ts';
import type { RunFailureType } from '../../../functions/runs/conclude.ts';
import type { Outcome } from '../../../functions/runs/outcome.ts';
import type { Answer } from '../http-event.ts';

// What a cell of the matrix says, in words that the compiler knows: a status that does not belong to an outcome is none.

type FailureText = { [Kind in FailureKind]: `${(typeof failureRows)[Kind]['status']} ${Kind}` }[FailureKind];

/** Status and outcome of the logout function. */
export type FunctionEnding = '200 logged-out' | '200 already-logged-out' | '202 logged-out' | FailureText;

/** How many readings of the state; `some`: as many as the wait left time for. */
type Readings = 0 | 1 | 'some';

/** … and how many logouts and readings it sent. */
export type FunctionText = `${FunctionEnding}, ${number} + ${Readings}`;

/** How often a run asked for the logout. */
type Tries = 'never' | 'once' | 'again';

export type RunText = `${OutcomeKind}, ${Tries}` | RunFailureType;

/** The ending of an answer: the code of a failure, or what a success was. */
export const endingOf = ({ status, body }: Answer): string =>
  `${status} ${body.code ?? (body.alreadyLoggedOut ? 'already-logged-out' : 'logged-out')}`;

export const functionTextOf = (answer: Answer, logouts: number, readings: number): string => {
  const isWaiting = answer.headers['preference-applied'] !== 'wait=0';
  return `${endingOf(answer)}, ${logouts} + ${isWaiting && readings > 0 ? 'some' : readings}`;
};

const tries = ['never', 'once'] as const;

export const runTextOf = ({ kind, attempts }: Pick<Outcome, 'kind' | 'attempts'>): string =>
  `${kind}, ${tries[attempts] ?? 'again'}`;
