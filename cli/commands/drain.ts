import type { Execution } from '@aws-sdk/client-lambda';
import { Option } from 'commander';
import { countOf } from '../../client/count-of.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import type { Executions } from '../aws/executions.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, orFailure } from '../errors.ts';
import { collect } from '../input/options.ts';
import { confirm } from '../input/questions.ts';
import { formatTable } from '../output/table.ts';
import type { Session } from '../session.ts';

/** Lambda takes 300 stops a second. */
const parallelStops = 10;

/** The functions whose executions keep a stack from being removed. */
const durableFunctions = async (session: Session, given: readonly string[] | undefined): Promise<readonly string[]> => {
  if (given !== undefined) return given;
  const outputs = await session.outputs();
  const watch = outputs.find('WatchFunction');
  return [outputs.require('RunFunction'), ...(watch === undefined ? [] : [watch])];
};

const stopAll = async (session: Session, executions: Executions, open: readonly Execution[]): Promise<boolean> => {
  const { readIdentity } = await import('../aws/find-settings.ts');
  const { arn } = await readIdentity(session.aws);
  const results = await inParallel(parallelStops, open, ({ DurableExecutionArn = '' }) =>
    orFailure(executions.stop(DurableExecutionArn, arn)),
  );
  const failures = results.filter((result) => result instanceof CommandFailed);
  const stopped = results.length - failures.length;
  session.printResult({ stopped, failed: failures.length }, `${stopped} stopped, ${failures.length} not.`);
  for (const reason of new Set(failures.map(({ message }) => message))) session.note(reason);
  return failures.length === 0;
};

export const drainCommand = defineCommand<{ readonly function?: readonly string[] }>({
  usage: 'drain',
  summary: 'Stop every run and watch that has not ended, before the deployment is removed.',
  details: `CloudFormation cannot delete a durable function while an execution of it has not ended, and gives up after an
hour. The API is deleted first, so stop the runs before you run cdk destroy. Instances that a run has not reached
stay logged in. drain writes no evidence: use the stop command while the API is there, and drain for the rest.`,
  rights: ['lambda:ListDurableExecutionsByFunction', 'lambda:StopDurableExecution'],
  options: [new Option('--function <name>', 'a function, if the stack cannot be read any more').argParser(collect)],
  examples: ['drain --stack green-api-logout', 'drain --function green-api-logout-run --yes'],
  run: async (session, options) => {
    const names = await durableFunctions(session, options.function);
    const { createExecutions, hasExecutionEnded } = await import('../aws/executions.ts');
    const executions = createExecutions(session.aws);
    const open: Execution[] = [];
    for (const name of names)
      for await (const execution of executions.list(name)) if (!hasExecutionEnded(execution)) open.push(execution);
    if (open.length === 0) {
      session.note('Every execution has ended. There is nothing to stop.');
      return true;
    }
    const rows = open.map((each) => [each.DurableExecutionName, each.Status, each.StartTimestamp?.toISOString()]);
    session.note(await formatTable(['EXECUTION', 'STATUS', 'STARTED'], rows));
    await confirm(
      session,
      `Stop ${countOf(open.length, 'execution')}? Instances that they have not logged out yet stay logged in.`,
    );
    return stopAll(session, executions, open);
  },
});
