import type { Method } from './instance.ts';

/** One request to an instance. Its token is not kept. */
export type Call = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: Method | 'unknown';
  readonly idInstance: string;
  /** Absent when no headers were sent: a reset, or a request that hangs. */
  readonly status?: number;
};

export type OpenCall = { -readonly [Key in keyof Call]: Call[Key] };

/** Keeps every call, by time and by instance; made for hundreds of thousands. */
export const createCallLog = () => {
  let calls: Call[] = [];
  const byInstance = new Map<string, Call[]>();

  return {
    all: (): readonly Call[] => calls,
    of: (idInstance: string, method?: Call['method']): readonly Call[] => {
      const own = byInstance.get(idInstance) ?? [];
      return method ? own.filter((call) => call.method === method) : own;
    },
    open: (call: OpenCall): OpenCall => {
      calls.push(call);
      const own = byInstance.get(call.idInstance);
      if (own) own.push(call);
      else byInstance.set(call.idInstance, [call]);
      return call;
    },
    clear: () => {
      calls = [];
      byInstance.clear();
    },
  };
};

const windowMs = 1000;

/**
 * GREEN-API's limit: one request per second for each instance and method, counted from the last one let through.
 * https://green-api.com/en/docs/api/ratelimiter/
 */
export const createRateLimit = ({ enforced }: { readonly enforced: boolean }) => {
  const lastMs = new Map<string, number>();
  let violations = 0;

  return {
    violations: (): number => violations,
    forgetViolations: (): void => {
      violations = 0;
    },
    /** Counts a request that comes too soon, and returns whether to refuse it. */
    refuses: (idInstance: string, method: Method, nowMs: number): boolean => {
      const key = `${idInstance} ${method}`;
      const tooSoon = nowMs - (lastMs.get(key) ?? Number.NEGATIVE_INFINITY) < windowMs;
      const refused = tooSoon && enforced;
      if (tooSoon) violations += 1;
      if (!refused) lastMs.set(key, nowMs);
      return refused;
    },
  };
};
