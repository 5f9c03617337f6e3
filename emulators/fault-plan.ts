/** A fault in force. */
type Planned<Operation, Fault> = {
  readonly operation: Operation | '*';
  readonly target: string | undefined;
  readonly fault: Fault;
};

/**
 * The faults in force: at most one for each operation and target, where `'*'` is every operation, and no target every one.
 * A fault with `times` is over after that many requests.
 */
export const createFaultPlan = <Operation extends string, Fault extends { readonly times?: number }>() => {
  let plan: readonly Planned<Operation, Fault>[] = [];

  return {
    /** Of one target, the oldest first. */
    of: (target: string): readonly Fault[] => plan.flatMap((one) => (one.target === target ? [one.fault] : [])),
    /** `undefined` clears: with `'*'` every fault of the target, or every fault there is. */
    set: (operation: Operation | '*', target: string | undefined, fault: Fault | undefined): void => {
      const clearsAll = operation === '*' && fault === undefined;
      const isReplaced = (one: Planned<Operation, Fault>) =>
        clearsAll
          ? target === undefined || one.target === target
          : one.operation === operation && one.target === target;
      plan = [...plan.filter((one) => !isReplaced(one)), ...(fault ? [{ operation, target, fault }] : [])];
    },
    /**
     * The fault that meets this request, which is counted: one of this very operation, or else of every one; of several, the newest.
     *
     * @param names by which the target is known
     */
    take: (operation: Operation, ...names: readonly (string | undefined)[]): Fault | undefined => {
      const fits = (wanted: Operation | '*') =>
        plan.findLast((one) => one.operation === wanted && (one.target === undefined || names.includes(one.target)));
      const taken = fits(operation) ?? fits('*');
      const { times } = taken?.fault ?? {};
      if (taken !== undefined && times !== undefined) {
        const left = times > 1 ? [{ ...taken, fault: { ...taken.fault, times: times - 1 } }] : [];
        plan = plan.flatMap((one) => (one === taken ? left : [one]));
      }
      return taken?.fault;
    },
  };
};
