import { randomUUID } from 'node:crypto';
import { Option } from 'commander';
import * as v from 'valibot';
import { parseJsonAs } from '../../functions/platform/unknown-values.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, orFailure, UsageError } from '../errors.ts';
import type { DeadLetterMessage } from '../failed-events/dead-letter-queue.ts';
import { readInstanceId } from '../input/options.ts';
import { printable } from '../output/printable.ts';
import { isInteractive, type Session } from '../session.ts';
import { eventStep, scheduleSteps } from '../smoke/event-steps.ts';
import { evidenceSteps } from '../smoke/evidence-steps.ts';
import { instanceSteps, runListStep } from '../smoke/instance-steps.ts';
import { providerSteps } from '../smoke/provider-steps.ts';
import { failed, notTried, ok, type Seen, type Smoke, type SmokeOptions, type Step } from '../smoke/step.ts';

const requestSchema = v.object({ reason: v.string() });

/** More messages than this are left alone. */
const mostBatches = 10;

/** Removes the requests of runs with this reason from the dead-letter queue, and gives all others back. */
const removeSmokeMessages = async (session: Session, reason: string): Promise<number> => {
  const { createDeadLetterQueue } = await import('../failed-events/dead-letter-queue.ts');
  const queue = createDeadLetterQueue((await session.outputs()).require('RunDeadLetters'), session.aws);
  const isOwn = (message: DeadLetterMessage) => parseJsonAs(requestSchema, message.body)?.reason === reason;
  const others: DeadLetterMessage[] = [];
  let removed = 0;
  try {
    for (let batch = 0; batch < mostBatches; batch += 1) {
      const messages = await queue.receive();
      if (messages.length === 0) break;
      others.push(...messages.filter((message) => !isOwn(message)));
      for (const message of messages.filter(isOwn)) {
        await queue.remove(message);
        removed += 1;
      }
    }
  } finally {
    for (const message of others) await orFailure(queue.release(message));
  }
  return removed;
};

const cleanUpStep: Step = {
  name: 'clean up',
  expected: 'no message of this test stays in the dead-letter queue',
  run: async ({ session, reason }) => {
    if (session.options.stack === undefined) return notTried('the queue is named by the stack: give --stack');
    return ok(`${await removeSmokeMessages(session, reason)} messages were removed`);
  },
};

const stepsOf = async (smoke: Smoke): Promise<readonly Step[]> => [
  ...instanceSteps,
  eventStep,
  ...(await providerSteps(smoke)),
  ...scheduleSteps,
  ...evidenceSteps,
  runListStep,
  cleanUpStep,
];

const carryOut = async (smoke: Smoke, { name, expected, run }: Step): Promise<Seen['result']> => {
  const { session } = smoke;
  if (!session.options.json) session.print(`\n== ${name}\nexpected: ${expected}`);
  const { result, seen } = await run(smoke).catch((error: unknown) => {
    if (error instanceof CommandFailed || error instanceof UsageError) return failed(error.message);
    throw error;
  });
  session.printResult(
    { step: name, result, expected, seen },
    `${result === 'not-tried' ? 'because:  ' : 'seen:     '}${printable(seen)}\n-- ${result.replace('-', ' ')}`,
  );
  return result;
};

const summaryOf = (failures: readonly string[], left: readonly string[]): string =>
  [
    failures.length === 0 ? 'Everything that was tried worked.' : `Failed: ${failures.join(', ')}.`,
    left.length > 0 && `Not tried: ${left.join(', ')}.`,
  ]
    .filter(Boolean)
    .join(' ');

/** @throws UsageError before anything is done, if a question could not be asked later */
const createSmoke = (session: Session, options: SmokeOptions): Smoke => {
  const id = options.instance === undefined ? undefined : readInstanceId(options.instance);
  if (id !== undefined && !session.options.yes && !isInteractive(session.terminal))
    throw new UsageError(`To log out ${id}, confirmation is needed, but there is no terminal. Add --yes.`);
  const reason = `smoke test ${randomUUID()}`;
  const startedAt = session.terminal.now();
  return { ...options, ...(id && { instance: id }), session, reason, startedAt, runs: [], isLoggedOut: false };
};

export const smokeCommand = defineCommand<SmokeOptions>({
  usage: 'smoke',
  summary: 'Try a deployment from end to end: each step prints what was expected and what was seen.',
  details: `Without --instance it logs nobody out. With it, it asks, and logs this one test instance out, once by itself and
once by a run. It reads the state of every instance at GREEN-API. It puts one event on the bus and calls what a schedule
calls, as dry runs about people who do not exist. It asks for the token of each identity provider. A step that cannot run
says why and does not count as passed. The exit code is 1 if a step failed. It removes the messages that its own runs left in the
dead-letter queue. Its runs stay in the list until their retention ends.`,
  rights: [
    'events:PutEvents',
    'lambda:InvokeFunction',
    'lambda:ListDurableExecutionsByFunction',
    'logs:FilterLogEvents',
    's3:ListBucket',
    's3:GetObject',
    's3:GetBucketObjectLockConfiguration',
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:ChangeMessageVisibility',
  ],
  options: [
    new Option('--instance <idInstance>', 'log out this test instance'),
    new Option(
      '--configuration <file>',
      'file with the schedules, and of the local service the identity providers',
    ).default('cdk.json'),
    new Option('--source <source>', 'source of the event, if the deployment takes only some').default(
      'com.example.smoke',
    ),
    new Option('--file <file>', 'file with the evidence, if the local service writes it elsewhere'),
  ],
  examples: [
    'smoke --stack green-api-logout',
    'smoke --stack green-api-logout --instance 1101000001',
    'smoke --stack green-api-logout --instance 1101000001 --yes --json',
    'smoke --url http://127.0.0.1:3000 --instance 1101000001',
  ],
  run: async (session, options) => {
    const smoke = createSmoke(session, options);
    const results: { readonly name: string; readonly result: Seen['result'] }[] = [];
    for (const step of await stepsOf(smoke)) results.push({ name: step.name, result: await carryOut(smoke, step) });
    const named = (result: Seen['result']) => results.flatMap((each) => (each.result === result ? each.name : []));
    const [failures, left] = [named('failed'), named('not-tried')];
    session.printResult(
      { result: failures.length === 0 ? 'ok' : 'failed', failed: failures, notTried: left },
      `\n${summaryOf(failures, left)}`,
    );
    return failures.length === 0;
  },
});
