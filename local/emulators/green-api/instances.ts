import { type Answer, html, text } from './answer.ts';
import { createCallLog, type OpenCall } from './call-log.ts';
import { createFaultPlan, type FaultOptions } from './fault-plan.ts';
import { answering, carryingOut, type Exchange, type Play } from './fault-plays.ts';
import { type FaultName, faultNamed } from './faults.ts';
import { type DemoInstance, keepInstance, setStateOf, stateAt } from './instance.ts';
import { isMethod, methods } from './methods.ts';
import type { AskedPath } from './path.ts';
import { createRateLimit } from './rate-limit.ts';
import { createTransientFaults, type TransientFaults } from './transient-faults.ts';

export type SetupOptions = {
  readonly instances?: readonly DemoInstance[];
  /** Faults that pass, strewn over all requests: for load tests. @default none */
  readonly transientFaults?: TransientFaults;
  /** Answer 429 to what comes too soon; it is counted in any case. @default true */
  readonly enforceLimit?: boolean;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
};

/** How a request is met. */
export type Verdict = Pick<Exchange, 'carryOut' | 'delayMs' | 'location'> & { readonly play: Play };

const refusal = (answer: Answer): Verdict => ({
  play: answering(answer),
  carryOut: () => answer,
  delayMs: 0,
  location: '',
});

/** The instances, the faults in force and the calls so far; knows nothing of HTTP but its answers. */
export const createSetup = (options: SetupOptions) => {
  const { instances = [], now = () => Date.now(), enforceLimit = true, transientFaults } = options;
  const kept = new Map(instances.map((instance) => [instance.idInstance, keepInstance(instance)]));
  const drawFault = createTransientFaults(transientFaults ?? { rate: 0, seed: 0 });
  const limit = createRateLimit({ enforced: enforceLimit });
  const plan = createFaultPlan();
  const calls = createCallLog();

  const find = (idInstance: string) => {
    const instance = kept.get(idInstance);
    if (!instance) throw new Error(`the emulator has no instance ${idInstance}`);
    return instance;
  };

  return {
    ids: (): readonly string[] => [...kept.keys()],
    has: (idInstance: string): boolean => kept.has(idInstance),
    add: (instance: DemoInstance): void => {
      kept.set(instance.idInstance, keepInstance(instance));
    },
    stateOf: (idInstance: string): string | null => stateAt(find(idInstance), now()),
    setState: (idInstance: string, stateInstance: string | null): void => setStateOf(find(idInstance), stateInstance),
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

    record: ({ idInstance, name }: AskedPath): OpenCall =>
      calls.open({ at: now(), method: isMethod(name) ? name : 'unknown', idInstance }),

    judge: ({ idInstance, name, apiTokenInstance }: AskedPath): Verdict => {
      const instance = kept.get(idInstance);
      if (!isMethod(name)) return refusal(text(404, 'Not Found'));
      if (!instance) return refusal(html(403, '403 Forbidden'));
      if (limit.refuses(idInstance, name, now())) return refusal(text(429, 'Too Many Requests'));
      if (apiTokenInstance !== instance.apiTokenInstance) return refusal(text(401, 'Unauthorized'));
      const planned = plan.take(idInstance, name);
      const fault = planned?.fault ?? drawFault();
      return {
        play: fault ? faultNamed(fault).play : carryingOut,
        carryOut: () => methods[name](instance, now()),
        delayMs: planned?.delayMs ?? 2000,
        location: planned?.location ?? 'https://elsewhere.example.com/',
      };
    },
  };
};

export type Setup = ReturnType<typeof createSetup>;
