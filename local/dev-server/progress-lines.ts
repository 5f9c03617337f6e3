import type { Progress } from '../../functions/runs/outcome.ts';
import { type FinishedStep, resultsFromSteps } from '../../functions/runs/results.ts';
import type { LambdaEvent } from '../emulators/lambda/options.ts';

const describe = ({ total, loggedOut, failed, skipped, pending }: Progress): string =>
  `${loggedOut} of ${total} logged out, ${failed} failed, ${skipped} skipped, ${pending} pending`;

/** Prints a line whenever a run starts, gets further or ends. */
export const createProgressLines = (print: (text: string) => void) => {
  const stepsOf = new Map<string, FinishedStep[]>();

  return (happened: LambdaEvent): void => {
    if (happened.kind === 'execution-resumed') print(`run ${happened.execution.name} goes on\n`);
    if (happened.kind !== 'history') return;
    const { execution, event } = happened;
    const { EventType = '', Name = '', StepSucceededDetails } = event;
    const steps = stepsOf.get(execution.arn) ?? [];
    stepsOf.set(execution.arn, steps);

    if (EventType === 'StepSucceeded') {
      steps.push({ name: Name, payload: StepSucceededDetails?.Result?.Payload });
      const { progress } = resultsFromSteps(steps);
      if (progress.total > 0) print(`run ${execution.name} ${Name}: ${describe(progress)}\n`);
    }
    if (!EventType.startsWith('Execution')) return;
    print(`run ${execution.name} ${EventType.slice('Execution'.length).toLowerCase()}\n`);
    if (EventType !== 'ExecutionStarted') stepsOf.delete(execution.arn);
  };
};
