import type { FaultName } from './faults.ts';
import type { OperationName } from './operations.ts';

export type FaultOptions = {
  /** The name or ARN it is limited to; of a list, the beginning of names that is asked for. @default every secret, and operations that name none */
  readonly secretId?: string;
  /** How many requests it meets before it is over. @default until it is cleared */
  readonly times?: number;
  /** How long `slow` takes, in milliseconds. @default 2000 */
  readonly delayMs?: number;
};

/** `'*'` is every operation. */
export type Scope = OperationName | '*';

type PlannedFault = FaultOptions & { readonly operation: Scope; readonly fault: FaultName };

/** The faults in force; of several that fit, the one set last. */
export const createFaultPlan = () => {
  let plan: readonly PlannedFault[] = [];

  return {
    /** `undefined` clears what was set for the same operation and secret; for `'*'` and no secret, everything. */
    set: (operation: Scope, fault: FaultName | undefined, options: FaultOptions = {}): void => {
      const all = operation === '*' && options.secretId === undefined && !fault;
      plan = plan.filter((one) => !all && (one.operation !== operation || one.secretId !== options.secretId));
      if (fault) plan = [{ operation, fault, ...options }, ...plan];
    },
    /** The fault that meets this request; it is counted. `names` are those by which the secret is known. */
    take: (operation: OperationName, names: readonly (string | undefined)[]): PlannedFault | undefined => {
      const fits = (one: PlannedFault) =>
        (one.operation === '*' || one.operation === operation) &&
        (one.secretId === undefined || names.includes(one.secretId));
      const taken = plan.find(fits);
      if (taken?.times !== undefined) {
        const left = { ...taken, times: taken.times - 1 };
        plan = plan.flatMap((one) => (one !== taken ? [one] : left.times > 0 ? [left] : []));
      }
      return taken;
    },
  };
};

export type FaultPlan = ReturnType<typeof createFaultPlan>;
