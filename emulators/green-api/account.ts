import { createFaultPlan, createTransientFaults, type FaultOptions, type TransientFaults } from './fault-plan.ts';
import { type FaultName, faultNamed } from './faults.ts';
import {
  changeToken,
  createInstance,
  type DemoInstance,
  isMethod,
  isTokenValid,
  methods,
  setStateOf,
  stateAt,
  unauthorizedAnswer,
} from './instance.ts';
import { type Answer, answering, carryingOut, type Exchange, html, type Respond, text } from './responses.ts';
import { createCallLog, createRateLimit, type OpenCall } from './traffic.ts';

export type AccountOptions = {
  readonly instances?: readonly DemoInstance[];
  /** Transient faults spread over all requests: for load tests. @default none */
  readonly transientFaults?: TransientFaults;
  /** Answer 429 to what comes too soon; it is counted in any case. @default true */
  readonly enforceLimit?: boolean;
  /** What a 429 carries besides; GREEN-API does not document it. @default nothing */
  readonly limitHeaders?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
};

/** What the path of a request names: `/waInstance{id}/{method}/{token}`. */
export type RequestPath = { readonly idInstance: string; readonly name: string; readonly apiTokenInstance: string };

/** How a request is to be answered. */
export type Verdict = Pick<Exchange, 'carryOut' | 'delayMs' | 'location'> & { readonly respond: Respond };

const refusal = (answer: Answer): Verdict => ({
  respond: answering(answer),
  carryOut: () => answer,
  delayMs: 0,
  location: '',
});

/** The instances, the faults in force and the calls so far; knows nothing of HTTP but its answers. */
export const createAccount = (options: AccountOptions) => {
  const { instances = [], now = () => Date.now() } = options;
  const kept = new Map(instances.map((instance) => [instance.idInstance, createInstance(instance)]));
  const plan = createFaultPlan();
  const calls = createCallLog();
  const limit = createRateLimit({ enforced: options.enforceLimit ?? true });
  const judge = createJudge({ ...options, kept, plan, limit, now });

  const find = (idInstance: string) => {
    const instance = kept.get(idInstance);
    if (!instance) throw new Error(`the emulator has no instance ${idInstance}`);
    return instance;
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
    setFault: (idInstance: string, fault: FaultName | undefined, faultOptions: FaultOptions = {}): void =>
      plan.set(find(idInstance).idInstance, fault, faultOptions),
    calls: calls.all,
    callsOf: calls.of,
    violations: limit.violations,
    clearCalls: (): void => {
      calls.clear();
      limit.forgetViolations();
    },
    record: ({ idInstance, name }: RequestPath): OpenCall =>
      calls.open({ at: now(), method: isMethod(name) ? name : 'unknown', idInstance }),
    judge,
  };
};

export type Account = ReturnType<typeof createAccount>;

type JudgeDependencies = Pick<AccountOptions, 'transientFaults' | 'limitHeaders'> & {
  readonly kept: ReadonlyMap<string, ReturnType<typeof createInstance>>;
  readonly plan: ReturnType<typeof createFaultPlan>;
  readonly limit: ReturnType<typeof createRateLimit>;
  readonly now: () => number;
};

/** Decides on each request in the order in which GREEN-API does: method, instance, limit, token, and then the fault. */
const createJudge = (dependencies: JudgeDependencies) => {
  const { kept, plan, limit, limitHeaders, now, transientFaults = { rate: 0, seed: 0 } } = dependencies;
  const drawFault = createTransientFaults(transientFaults);
  const tooMany = text(429, 'Too Many Requests');
  const limited = { ...tooMany, headers: { ...tooMany.headers, ...limitHeaders } };

  return ({ idInstance, name, apiTokenInstance }: RequestPath): Verdict => {
    const instance = kept.get(idInstance);
    if (!isMethod(name)) return refusal(text(404, 'Not Found'));
    if (!instance) return refusal(html(403, '403 Forbidden'));
    if (limit.refuses(idInstance, name, now())) return refusal(limited);
    if (!isTokenValid(instance, apiTokenInstance, now())) return refusal(unauthorizedAnswer(name));
    const planned = plan.take(idInstance, name);
    const fault = planned?.fault ?? drawFault();
    return {
      respond: fault ? faultNamed(fault).respond : carryingOut,
      carryOut: () => methods[name](instance, now(), apiTokenInstance),
      delayMs: planned?.delayMs ?? 2000,
      location: planned?.location ?? 'https://elsewhere.example.com/',
    };
  };
};
