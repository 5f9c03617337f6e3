import type { ApiToken } from '../../functions/green-api/credential.ts';
import { parseStateAnswer } from '../../functions/green-api/responses.ts';
import { type StateClass, stateClassOf } from '../../functions/green-api/vocabulary.ts';
import type { Answer, Call } from './exchange.ts';
import type { FindingOf, Found, Question } from './questions.ts';

export const messengers = ['whatsapp', 'telegram', 'v3'] as const;

/** `v3` is MAX. */
export type Messenger = (typeof messengers)[number] | 'unknown';

export type ProbeDependencies = {
  readonly call: Call;
  readonly token: ApiToken;
  readonly messenger: Messenger;
  readonly clearsQueue: boolean;
  /** Keeps a new token, and returns whether that succeeded. Missing: the token is not changed. */
  readonly keepToken?: ((token: ApiToken) => Promise<boolean>) | undefined;
  /** Milliseconds since the beginning of the probe. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted: no further call is begun. */
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
};

/** GREEN-API allows one call a second of each method. */
export const paceMs = 1_100;
/** Longest wait for a logout to show, and for an old token to die, in milliseconds. */
export const longestWaitMs = 60_000;

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** What an answer was, in a few words that repeat nothing of it. */
export const describeAnswer = (answer: Answer | undefined, kind: string): string =>
  answer === undefined ? 'no answer' : `HTTP ${answer.status}, read as ${kind}`;

export type Probe = ProbeDependencies & { readonly findings: Map<Question, Found>; isTokenLost: boolean };

export const add = <Q extends Question>(
  { findings }: Probe,
  question: Q,
  finding: FindingOf<Q>,
  detail?: string,
): void => void findings.set(question, { finding, detail });

/** Waits until the same method may be called again. @throws the reason of the signal, once it is aborted */
export const pace = async ({ sleep, signal }: Probe): Promise<void> => {
  signal.throwIfAborted();
  await sleep(paceMs);
  signal.throwIfAborted();
};

type Reading = {
  /** `undefined`: GREEN-API answered no state. */
  readonly stateClass: StateClass | undefined;
  readonly isRejected: boolean;
  /** The state, or why there is none. */
  readonly word: string;
};

export const readState = async ({ call }: Probe, token?: ApiToken): Promise<Reading> => {
  const answer = await call('getStateInstance', token);
  const reading = answer && parseStateAnswer(answer.status, answer.text);
  if (reading?.kind === 'state')
    return { stateClass: stateClassOf(reading.stateInstance), isRejected: false, word: String(reading.stateInstance) };
  const word = reading?.kind ?? 'no answer';
  return { stateClass: undefined, isRejected: word === 'credential-rejected', word };
};
