import type { Method } from './methods.ts';

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

/** Remembers every call, by time and by instance; made for hundreds of thousands. */
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
