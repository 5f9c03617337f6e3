import { createFaultPlan } from '../fault-plan.ts';
import { createTransientFaults, type FaultName, type FaultOptions, faults, type TransientFaults } from './faults.ts';
import {
  changeToken,
  createInstance,
  type DemoInstance,
  isMethod,
  isTokenValid,
  type Method,
  methods,
  setStateOf,
  stateAt,
  unauthorizedAnswer,
} from './instance.ts';
import { answering, carryingOut, type Exchange, html, text } from './responses.ts';

export type AccountOptions = {
  readonly instances?: readonly DemoInstance[];
  /** Transient faults spread over all requests: for load tests. @default none */
  readonly transientFaults?: TransientFaults;
  /** Answer 429 to what comes too soon; it is counted in any case. @default true */
  readonly enforceLimit?: boolean;
  /** What a 429 carries besides; GREEN-API does not document it. @default nothing */
  readonly limitHeaders?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. @default the time of the machine when it started, and what has passed since */
  readonly now?: () => number;
  /**
   * How long ago a request that is seen now may have arrived, in milliseconds. GREEN-API counts by arrival.
   *
   * @default measured; 0 if `now` is given
   */
  readonly latenessMs?: () => number;
};

/** What the path of a request names: `/waInstance{id}/{method}/{token}`. */
export type RequestPath = { readonly idInstance: string; readonly name: string; readonly apiTokenInstance: string };

/** One request to an instance. Its token is not kept. */
type Call = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: Method | 'unknown';
  readonly idInstance: string;
  /** Absent when no headers were sent: a reset, or a request that hangs. */
  readonly status?: number;
};

export type Account = ReturnType<typeof createAccount>;

/** A change of the machine's date moves no limit, no state and no old token. */
const steadyNow = (): number => Math.round(performance.timeOrigin + performance.now());

/** The instances, the faults in force and the calls so far; knows nothing of HTTP but its answers. */
export const createAccount = (options: AccountOptions) => {
  const { instances = [], enforceLimit = true, limitHeaders, now = steadyNow, latenessMs = () => 0 } = options;
  const kept = new Map(instances.map((instance) => [instance.idInstance, createInstance(instance)]));
  const plan = createFaultPlan<Method, FaultOptions & { readonly fault: FaultName }>();
  const drawFault = createTransientFaults(options.transientFaults ?? { rate: 0, seed: 0 });
  const tooMany = text(429, 'Too Many Requests');
  const limited = { ...tooMany, headers: { ...tooMany.headers, ...limitHeaders } };
  const lastMs = new Map<string, number>();
  let violations = 0;
  // By time and by instance: there may be hundreds of thousands.
  let calls: Call[] = [];
  const byInstance = new Map<string, Call[]>();

  const find = (idInstance: string) => {
    const instance = kept.get(idInstance);
    if (!instance) throw new Error(`the emulator has no instance ${idInstance}`);
    return instance;
  };

  /**
   * GREEN-API's limit: one request per second for each instance and method, counted from the last one let through
   * (https://green-api.com/en/docs/api/ratelimiter/). Counts a request that comes too soon, and returns whether to refuse it.
   */
  const isRefused = (idInstance: string, method: Method): boolean => {
    const key = `${idInstance} ${method}`;
    const isTooSoon = now() - (lastMs.get(key) ?? Number.NEGATIVE_INFINITY) < 1000;
    if (isTooSoon) violations += 1;
    if (isTooSoon && enforceLimit) return true;
    lastMs.set(key, now() - latenessMs());
    return false;
  };

  return {
    ids: (): readonly string[] => [...kept.keys()],
    has: (idInstance: string): boolean => kept.has(idInstance),
    add: (instance: DemoInstance): void => void kept.set(instance.idInstance, createInstance(instance)),
    stateOf: (idInstance: string): string | null => stateAt(find(idInstance), now()),
    setState: (idInstance: string, stateInstance: string | null, survivesLogout?: boolean): void =>
      setStateOf(find(idInstance), stateInstance, survivesLogout),
    tokenOf: (idInstance: string): string => find(idInstance).apiTokenInstance,
    changeToken: (idInstance: string, token?: string): void => changeToken(find(idInstance), now(), token),
    faultsOf: plan.of,
    setFault: (idInstance: string, fault: FaultName | undefined, faultOptions: FaultOptions = {}): void => {
      const method = faultOptions.method ?? (fault && faults[fault].method) ?? '*';
      plan.set(method, find(idInstance).idInstance, fault && { fault, ...faultOptions });
    },
    get calls(): readonly Call[] {
      return calls;
    },
    callsOf: (idInstance: string, method?: Call['method']): readonly Call[] =>
      (byInstance.get(idInstance) ?? []).filter((call) => method === undefined || call.method === method),
    /** Requests that came sooner than one second after the last one let through, same instance and method. */
    get violations(): number {
      return violations;
    },
    clearCalls: (): void => {
      calls = [];
      byInstance.clear();
      violations = 0;
    },
    record: ({ idInstance, name }: RequestPath): { status?: number } => {
      const call: Call = { at: now(), method: isMethod(name) ? name : 'unknown', idInstance };
      const own = byInstance.get(idInstance) ?? [];
      byInstance.set(idInstance, own);
      for (const list of [calls, own]) list.push(call);
      return call;
    },
    /** How to respond to a request. Decides in the order in which GREEN-API does: method, instance, limit, token, fault. */
    judge: ({ idInstance, name, apiTokenInstance }: RequestPath) => {
      const instance = kept.get(idInstance);
      if (!isMethod(name)) return answering(text(404, 'Not Found'));
      if (!instance) return answering(html(403, '403 Forbidden'));
      if (isRefused(idInstance, name)) return answering(limited);
      if (!isTokenValid(instance, apiTokenInstance, now())) return answering(unauthorizedAnswer(name));
      const planned = plan.take(name, idInstance);
      const { fault = drawFault(), delayMs = 2000, location = 'https://elsewhere.example.com/' } = planned ?? {};
      const carryOut = () => methods[name](instance, now(), apiTokenInstance);
      const respond = fault ? faults[fault].respond : carryingOut;
      return (exchange: Pick<Exchange, 'response' | 'reused'>) => respond({ ...exchange, carryOut, delayMs, location });
    },
  };
};
