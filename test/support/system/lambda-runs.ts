import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetDurableExecutionHistoryCommand, StopDurableExecutionCommand } from '@aws-sdk/client-lambda';
import { faultNames } from '../../../emulators/green-api/faults.ts';
import { httpEventOf } from '../http-event.ts';
import { startHarness, temporaryFolder } from '../lambda/harness.ts';
import { brokenHostNames } from './broken-hosts.ts';
import { bundleOf } from './bundle-of.ts';
import type { FaultSetup } from './fault-setup.ts';
import { type FunctionAnswer, startFunctions } from './functions.ts';
import { malformedNames, malformedSecrets } from './malformed-secrets.ts';
import { reason } from './requests.ts';

/** One instance for each fault. */
const addAll = (setup: FaultSetup): readonly string[] => [
  ...faultNames.map((fault) => {
    const idInstance = setup.addInstance();
    setup.greenApi.setFault(idInstance, fault, { delayMs: 100 });
    return idInstance;
  }),
  ...brokenHostNames.map((host) => setup.addInstance({ apiUrl: setup.hosts.apiUrlOf(host) })),
  ...malformedNames.map((name) => setup.addInstance(malformedSecrets[name].secret)),
];

/** How long a run may act, in seconds: more if that was too short. */
const leastSeconds = 30;
const longestSeconds = 300;

const idIn = (started: FunctionAnswer): string =>
  started.kind === 'answered' ? JSON.parse(Object(started.answer).body ?? '{}').id : '';

const requestOf = (instances: readonly string[]) => ({
  ...bodyOf(instances, leastSeconds),
  requestedBy: 'schedule nightly',
  source: 'schedule',
});

const bodyOf = (instances: readonly string[], seconds: number) => ({
  target: { instances },
  reason,
  expiresAt: new Date(Date.now() + seconds * 1_000).toISOString(),
  maxTargets: 500,
});

/**
 * Runs as they are deployed: one with every fault, whose process is killed in the middle, and one whose
 * invocations run out of time, until it is stopped. Gives all that leaves Lambda, by the way it goes.
 */
export const runOnLambda = async (setup: FaultSetup) => {
  const folder = temporaryFolder();
  const options = {
    bundle: bundleOf('run'),
    environment: () => setup.variables,
    executionTimeoutMs: 3_600_000,
  };
  const functions = { run: options, short: { ...options, timeoutMs: 2_000 } };
  await using lambda = await startHarness({ folder, functions });
  const variables = { AWS_ENDPOINT_URL_LAMBDA: lambda.url, RUN_FUNCTION: 'run', MAX_TARGETS_CEILING: '500' };
  await using built = startFunctions({ ...setup.variables, ...variables });
  const call = async (routeKey: string, fields: Omit<Parameters<typeof httpEventOf>[0], 'routeKey'>) =>
    built.call(bundleOf('forced-logouts'), httpEventOf({ routeKey, ...fields }));
  const happened = (type: string, isMeant: (execution: { functionName: string; name: string }) => boolean) =>
    lambda.events.first(
      (event) =>
        event.kind === 'history' && isMeant(event.execution) && event.event.EventType?.startsWith(type) === true,
    );
  const historyOf = (DurableExecutionArn: string) =>
    lambda.client.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn, IncludeExecutionData: true }));

  const killWorkers = () => {
    for (const event of lambda.events.items)
      if (event.kind === 'worker-started' && event.functionName === 'run') process.kill(event.pid ?? 0, 'SIGKILL');
  };

  const killed = async (seconds = leastSeconds) => {
    // The process is there when the time that a run has begins to count.
    await lambda.ended(await lambda.start({ ...requestOf([]), dryRun: true }));
    const ids = addAll(setup);
    const [first = ''] = ids;
    const body = JSON.stringify({ ...bodyOf(ids, seconds), clearQueue: true });
    const started = await call('POST /forced-logouts', { body, headers: { 'idempotency-key': `leak-${seconds}` } });
    const name = idIn(started);
    const hasEnded = () => lambda.letters.items.some((letter) => letter.name === name);
    while (setup.greenApi.callsOf(first).length === 0 && !hasEnded()) await sleep(20);
    // On a busy machine the time of the run may be over before its first call.
    if (hasEnded() && seconds < longestSeconds) return killed(seconds * 3);
    killWorkers();

    const ended = await happened('ExecutionFailed', (execution) => execution.name === name);
    const { arn } = 'execution' in ended ? ended.execution : { arn: '' };
    const shown = await call('GET /forced-logouts/{id}', { pathParameters: { id: name } });
    return { answers: [started, shown], execution: await lambda.get(arn), history: await historyOf(arn) };
  };

  const outOfTime = async () => {
    const idInstance = setup.addInstance();
    setup.secretsManager.setFault('DescribeSecret', 'hang', { secretId: `green-api/${idInstance}` });
    const DurableExecutionArn = await lambda.start(requestOf([idInstance]), undefined, 'short:live');
    await happened('InvocationCompleted', ({ functionName }) => functionName === 'short');
    const error = { ErrorType: 'RunStopped', ErrorMessage: 'Stopped by a test' };
    await lambda.client.send(new StopDurableExecutionCommand({ DurableExecutionArn, Error: error }));
    return { execution: await lambda.ended(DurableExecutionArn), history: await historyOf(DurableExecutionArn) };
  };

  const [one, other] = await Promise.all([killed(), outOfTime()]);
  await built.end();
  return {
    answers: one.answers,
    executions: [one.execution, other.execution],
    histories: [one.history, other.history],
    letters: lambda.letters.items,
    output: [...lambda.lines.items, built.output()],
    journals: readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')),
    exits: lambda.events.items.flatMap((event) => (event.kind === 'worker-exited' ? [event.exit] : [])),
  };
};
