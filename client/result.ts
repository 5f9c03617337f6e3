import * as v from 'valibot';

/** What to do when it is not known whether a call had an effect. */
export const noAnswerAdvice = 'The call may still take effect. Check the state before you repeat it.';

/** What the API did, or has. */
export type Success<Value> = {
  readonly kind: 'ok';
  readonly value: Value;
  /** The whole answer, with the fields that `value` leaves out. */
  readonly body: unknown;
};

type Uncertain = {
  /** The call changes something and may have reached the service. */
  readonly mayTakeEffect: boolean;
};

/** The API's own problems (RFC 9457). A gateway or proxy before it gives at most a `title`. */
export const problemSchema = v.object({
  title: v.string(),
  /** What happened and what to do. */
  detail: v.string(),
  code: v.optional(v.string()),
  retryable: v.optional(v.boolean()),
  /** The logout is confirmed, and what failed came after it. */
  confirmed: v.optional(v.boolean()),
  stateInstance: v.optional(v.nullable(v.string())),
});

/** An answer with an HTTP status other than 2xx. */
export type Problem = Uncertain &
  Readonly<Partial<v.InferOutput<typeof problemSchema>>> & {
    readonly kind: 'problem';
    readonly status: number;
    /** A text, if the answer is no JSON. */
    readonly body: unknown;
  };

/** No answer arrived. */
export type NotReached = Uncertain & {
  readonly kind: 'not-reached';
  readonly error: unknown;
} & (
    | { readonly why: 'not-sent' }
    /** @property url what was called */
    | { readonly why: 'not-connected' | 'time-out' | 'connection-lost'; readonly url: string }
  );

/** An answer with status 2xx and a body of another form, or a list whose pages do not end. */
export type NotUnderstood = Uncertain & {
  readonly kind: 'not-understood';
  readonly status: number;
  readonly why: 'form' | 'endless-list';
};

export type Failure = Problem | NotReached | NotUnderstood;

/** What a call comes to. A call never throws. */
export type Result<Value> = Success<Value> | Failure;

/** What to do about a failure that may end by itself. */
export const retryAdvice = ({ mayTakeEffect }: Uncertain): string =>
  mayTakeEffect ? noAnswerAdvice : 'Try again in a moment.';

/** Whether the same call may succeed later. */
export const mayPass = (failure: Failure): boolean => {
  if (failure.kind === 'problem') return failure.status === 429 || failure.status >= 500;
  return failure.kind === 'not-reached';
};

/** What `fetch` says of a port that it never calls (https://fetch.spec.whatwg.org/#port-blocking). It has no code of its own. */
export const badPort = 'bad port';

/**
 * What kept `fetch` from an answer: the code of the cause, such as `ECONNREFUSED`, or else the name of the error. Never its
 * message, which may quote what was sent.
 */
export const fetchErrorName = (error: unknown): string => {
  const { name, code, cause, message }: Readonly<Record<string, unknown>> = Object(error);
  if (cause !== undefined) return fetchErrorName(cause);
  if (message === badPort) return badPort;
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'unknown error';
};
