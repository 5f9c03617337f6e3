/**
 * What this service knows of GREEN-API's vocabulary, in one table: the forms of ids, tokens and hosts, the states and the errors.
 * `docs/green-api.md` says the same to people, with the level of each fact; a contract test compares both.
 * A word that is not here has a default that is shown and logged, and is never taken for success.
 */

/**
 * The form of an `idInstance`. The documentation says 10 digits, Telegram instances have 12, and the field is an unsigned 64-bit
 * number, which has at most 20. Only the digits are counted: an id is a text here, never a number, so leading zeros make another
 * id, and a value above 2^64-1 is one that GREEN-API itself refuses.
 */
export const idPattern = /^[0-9]{1,20}$/;

/** The same in words. */
export const idForm = '1 to 20 digits';

/** The form of a token. GREEN-API does not document its characters. Refused is only what a URL path would need to encode (RFC 3986, section 3.3). */
export const tokenPattern = /^(?!\.+$)[\w.~!$&'()*+,;=:@-]{1,256}$/;

/** The universal hosts, the numbered pools, and the clusters such as `api.p03.green-api.com`, under both domains. */
export const hostPattern = /^(?:[0-9]{1,20}\.)?api\.(?:p[0-9]{1,4}\.)?(?:green-api|greenapi)\.com$/;

/** What a state means for the session of an instance. Only `out` confirms a logout. */
export type StateClass =
  /** No session is open. A Telegram instance reads so too while somebody enters the code that links it. */
  | 'out'
  /** A session is open, with or without restrictions. */
  | 'linked'
  /** Somebody is linking the instance. */
  | 'linking'
  /** Not known for some minutes. */
  | 'starting'
  /** The messenger has closed the account. */
  | 'banned'
  /** `null`, and every word that is not in the table. */
  | 'unknown';

/** https://green-api.com/en/docs/api/account/GetStateInstance/ */
export const states = {
  notAuthorized: 'out',
  authorized: 'linked',
  yellowCard: 'linked',
  suspended: 'linked',
  sleepMode: 'linked',
  pendingCode: 'linking',
  pendingPassword: 'linking',
  starting: 'starting',
  blocked: 'banned',
} as const satisfies Record<string, StateClass>;

/** The class of a state that was read. Words are compared exactly. */
export const stateClassOf = (stateInstance: string | null): StateClass =>
  Object.hasOwn(states, stateInstance ?? '') ? states[stateInstance as keyof typeof states] : 'unknown';

/**
 * How long a run tries again before a failure is final, in milliseconds. A `passing` failure may end by itself. A `lasting` one ends
 * only when somebody corrects something. Some are usually lasting, but known to be reported wrongly, or too early, for a while.
 */
export const patienceMs = {
  passing: Number.POSITIVE_INFINITY,
  'passing for an hour': 60 * 60 * 1_000,
  'passing for ten minutes': 10 * 60 * 1_000,
  lasting: 0,
} as const satisfies Record<string, number>;

export type FailureDuration = keyof typeof patienceMs;

/** GREEN-API's errors by meaning, and how long each lasts. */
export const failures = {
  'credential-rejected': 'lasting',
  'wrong-instance-or-host': 'lasting',
  /** Also every error that is not in these tables. */
  'request-refused': 'lasting',
  /** Also reported wrongly of new instances (https://github.com/green-api/issues/issues/997). */
  'instance-expired': 'passing for an hour',
  'instance-deleted': 'lasting',
  'instance-starting': 'passing',
  /** "instance is starting or not authorized": only a reading of the state can decide which. */
  'not-authorized': 'passing',
  'rate-limited': 'passing',
  'quota-exceeded': 'lasting',
  /** GREEN-API may answer later. Whether it carried out this call is unknown. */
  unavailable: 'passing',
  'timed-out': 'passing',
} as const satisfies Record<string, FailureDuration>;

export type GreenApiFailureKind = keyof typeof failures;

/**
 * Texts that say more than the status, in lower case: case does not count. Errors come as JSON, plain text or HTML, so a text is
 * searched for them, and the first of the table that it has decides.
 */
export const phrases = {
  'instance in starting process': 'instance-starting',
  'starting or not authorized': 'not-authorized',
  'account not authorized': 'not-authorized',
  'account is expired': 'instance-expired',
  'instance is deleted': 'instance-deleted',
  quote_exceeded: 'quota-exceeded',
  'too many requests': 'rate-limited',
  'rate limited': 'rate-limited',
  // A proxy in front of GREEN-API refuses this address for now, whatever the instance and its token are.
  cloudflare: 'unavailable',
  'ddos-guard': 'unavailable',
  captcha: 'unavailable',
} as const satisfies Record<string, GreenApiFailureKind>;

/** What a status means if the text has none of the phrases. */
export const statuses: Readonly<Record<number, GreenApiFailureKind>> = {
  401: 'credential-rejected',
  403: 'wrong-instance-or-host',
  404: 'wrong-instance-or-host',
  408: 'unavailable',
  421: 'unavailable',
  425: 'unavailable',
  429: 'rate-limited',
  460: 'unavailable',
  466: 'quota-exceeded',
  499: 'unavailable',
};

/** The meaning of a text, whatever its status; `undefined` if it has none of the phrases. */
export const failureKindOfText = (text: string): GreenApiFailureKind | undefined => {
  const lower = text.toLowerCase();
  return Object.entries(phrases).find(([phrase]) => lower.includes(phrase))?.[1];
};

/**
 * The meaning of an error (https://green-api.com/en/docs/api/common-errors/). Its text decides before its status. A server that
 * fails is not believed to know more: whatever its text, the failure may pass.
 */
export const failureKindOf = (status: number, text: string): GreenApiFailureKind =>
  status >= 500 ? 'unavailable' : (failureKindOfText(text) ?? statuses[status] ?? 'request-refused');

/** The way out that needs neither GREEN-API nor this service. */
const unlink = 'Unlink the device on the phone (if the phone is gone, activate its number on another one)';

/** What to do about each failure of a logout, by its kind, for the people who read an answer, a run or a page. */
export const advice = {
  unconfirmed: 'The session may still be open. Try again, or start a run, which retries until the logout is confirmed.',
  refused: 'Try once more. After a second refusal, look at the instance in the GREEN-API console.',
  'credential-rejected':
    'Put the current apiTokenInstance from the GREEN-API console into the secret of this instance.',
  'wrong-instance-or-host': 'Compare idInstance and the apiUrl in the secret with the GREEN-API console.',
  'request-refused': 'Compare the apiUrl in the secret with the GREEN-API console.',
  'instance-expired': `A new instance may answer this for up to an hour: try again then. Otherwise ${unlink[0]?.toLowerCase()}${unlink.slice(1)}, or renew the instance and try again.`,
  'instance-deleted': `${unlink}, because deleting an instance does not log it out. Then delete its secret.`,
  'instance-starting':
    'Try again. If this lasts longer than five minutes, reboot the instance in the GREEN-API console.',
  'rate-limited': 'Try again.',
  'quota-exceeded': `${unlink}, or change the plan in the GREEN-API console.`,
  unavailable: 'The session may still be open. Try again.',
  'timed-out': 'It is not known whether the logout happened. Try again.',
  'unknown-instance': 'Create the secret, or correct the id. The list of instances has every id with a secret.',
  'credential-unreadable': 'Correct the secret, or allow this service to read it.',
} as const;

/** What to do when the logout is confirmed and the token is not rotated. */
export const tokenAdvice = {
  'not-rotated': 'A copy of the old token may still work. Try again, or change the token in the GREEN-API console.',
  'token-lost': 'Fetch the new token in the GREEN-API console and put it into the secret of this instance.',
} as const;
