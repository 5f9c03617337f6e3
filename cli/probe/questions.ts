/**
 * What GREEN-API documents nowhere, and each finding that a probe may come to. `docs/green-api.md` lists the questions; a test
 * compares both.
 */
export const questions = {
  logout: {
    asks: 'What does a logout answer?',
    findings: { accepted: 'isLogout: true', refused: 'isLogout: false', failed: 'an error', 'no-answer': 'no answer' },
  },
  'time-to-out': {
    asks: 'How long after a logout is the state notAuthorized?',
    findings: {
      out: 'the session is ended',
      'out-after-second': 'only a second logout ended the session',
      'still-linked': 'the session is still open after two logouts',
      unknown: 'no reading said whether the session is open',
    },
  },
  'stays-out': {
    asks: 'Does the state stay notAuthorized?',
    findings: { stays: 'it stays', changes: 'another state was read afterwards' },
  },
  'second-logout': {
    asks: 'What does a logout of a logged-out instance answer?',
    findings: {
      accepted: 'isLogout: true, as the first one',
      refused: 'isLogout: false',
      'not-authorized': 'the error "starting or not authorized"',
      failed: 'another error',
      'no-answer': 'no answer',
    },
  },
  'clear-queue': {
    asks: 'What does clearMessagesQueue answer while nobody is linked?',
    findings: { cleared: 'isCleared: true', 'not-cleared': 'a body without isCleared: true', failed: 'an error' },
  },
  'calls-session': {
    asks: 'Does a logout end the session of WhatsApp Calls too?',
    findings: {
      'own-session': 'no: callsLogout ended a session that the logout had left open',
      'nothing-left': 'callsLogout found no session after the logout',
      undecided: 'callsLogout answers isLogout: true with and without a session',
      'not-available': 'the instance has no Calls, so this says nothing',
      failed: 'callsLogout failed',
    },
  },
  'rotation-while-out': {
    asks: 'Does updateApiToken work while nobody is linked?',
    findings: {
      works: 'yes',
      refused: 'no: the token is still the old one',
      lost: 'the token may be changed, and the new one is not known',
    },
  },
  'old-token': {
    asks: 'When does the old token die?',
    findings: {
      'at-once': 'before the first reading with it',
      later: 'after some time',
      works: 'it still works at the end of the probe',
    },
  },
  'rotation-limit': {
    asks: 'Is updateApiToken limited?',
    findings: {
      limited: 'two calls within a second: 429',
      'no-limit-seen': 'two calls within a second with a dead token: no 429',
    },
  },
  'rate-limit': {
    asks: 'What does a 429 carry?',
    findings: {
      'retry-after': 'Retry-After',
      headers: 'headers about the limit, but no Retry-After',
      nothing: 'nothing about the limit',
      'not-limited': 'there was no 429: readings in a row were answered',
    },
  },
  'token-form': { asks: 'Has a token 50 hexadecimal digits?', findings: { 'as-in-samples': 'yes', another: 'no' } },
} as const satisfies Readonly<
  Record<string, { readonly asks: string; readonly findings: Readonly<Record<string, string>> }>
>;

export type Question = keyof typeof questions;

/** What was found, one of the findings of the question; or that it was `not-measured`, and why. */
export type FindingOf<Q extends Question> = (keyof (typeof questions)[Q]['findings'] & string) | 'not-measured';

/** What is recorded of each question: the finding, and more about it. */
export type Found = { readonly finding: string; readonly detail?: string | undefined };

export type Finding = Found & { readonly question: Question; readonly asks: string; readonly means: string };

export const describeFinding = (question: Question, { finding, detail }: Found): Finding => {
  const { asks, findings }: { asks: string; findings: Readonly<Record<string, string>> } = questions[question];
  return { question, asks, finding, means: findings[finding] ?? 'not measured', detail };
};
