import { randomUUID } from 'node:crypto';
import { Option } from 'commander';
import * as v from 'valibot';
import type { Result } from '../../client/result.ts';
import { acceptedRunIn, valueIn } from '../api/failure.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, exitCodes, orFailure } from '../errors.ts';
import { followRun } from '../follow-run.ts';
import type { Session } from '../session.ts';
import { doctorCommand } from './doctor.ts';
import { schedulesCommand } from './schedules.ts';

type Options = { readonly configuration: string; readonly source: string };

/** @property reason of the runs of this execution of the command; no other run has it */
type Smoke = Options & { readonly reason: string };

/** What a step found; `undefined` if it found nothing wrong. */
type Problem = string | undefined;

const checkDoctor = async (session: Session): Promise<Problem> =>
  (await doctorCommand.run(session, {}, [])) === exitCodes.done ? undefined : 'doctor found an error';

const overCeilingSchema = v.object({ code: v.literal('invalid-request'), field: v.literal('maxTargets') });

/** The API refuses a number of instances above the ceiling of the deployment. */
const isOverCeiling = (result: Result<unknown>): boolean =>
  result.kind === 'problem' && v.is(overCeilingSchema, result.body);

const overCeiling = (session: Session, count: number): string =>
  `${count} instances are more than this deployment allows in one run. Raise runs.maxTargetsCeiling and deploy, or drill each group:
${session.commandLine('run --group <name> --dry-run --reason drill --follow')}`;

const drillAll = async (session: Session, { reason }: Smoke): Promise<Problem> => {
  const api = await session.api();
  const { instances } = valueIn(await api.listInstances());
  if (instances.length === 0) return 'there is no instance: create one with the enroll command';
  // A run skips protected instances and does not count them. It must be allowed at least one.
  const maxTargets = Math.max(1, instances.filter((instance) => !instance.protected).length);
  const started = await api.startRun({ target: { all: true }, reason, dryRun: true, maxTargets }, randomUUID());
  if (isOverCeiling(started)) return overCeiling(session, maxTargets);
  const code = await followRun(session, acceptedRunIn(started).id);
  return code === exitCodes.done ? undefined : 'somebody could not be logged out now: see the outcomes of the drill';
};

const sendEvent = async (session: Session, { source, reason }: Smoke): Promise<Problem> => {
  const id = `smoke-${randomUUID()}`;
  const { sendSmokeEvent } = await import('../smoke/send-smoke-event.ts');
  const run = await sendSmokeEvent(session, { id, source, reason });
  session.print(`event ${id} started run ${run.id}, which is ${run.status}`);
  return run.status === 'SUCCEEDED' ? undefined : `the run of the event is ${run.status}`;
};

const showSchedules = async (session: Session, { configuration }: Options): Promise<Problem> => {
  await schedulesCommand.run(session, { configuration }, []);
  return undefined;
};

const cleanUp = async (session: Session, { reason }: Smoke): Promise<Problem> => {
  if (session.options.stack === undefined) return undefined;
  const { removeSmokeMessages } = await import('../smoke/remove-smoke-messages.ts');
  session.print(
    `${await removeSmokeMessages(session, reason)} messages of this test were removed from the dead-letter queue`,
  );
  return undefined;
};

const steps = {
  doctor: checkDoctor,
  'drill over every instance': drillAll,
  'custom event as a dry run': sendEvent,
  'next firings of the schedules': showSchedules,
  'clean up': cleanUp,
} as const;

const runStep = async (session: Session, name: keyof typeof steps, smoke: Smoke): Promise<Problem> => {
  session.print(`\n== ${name}`);
  const problem = await orFailure(steps[name](session, smoke));
  const text = problem instanceof CommandFailed ? problem.message : problem;
  session.print(text === undefined ? '-- ok' : `-- failed: ${text}`);
  return text;
};

export const smokeCommand = defineCommand<Options>({
  usage: 'smoke',
  summary: 'Try a deployment without logging anybody out: doctor, drill, event, schedules.',
  details: `It reads the state of every instance once at GREEN-API. It puts one custom event on the bus, as a dry run, about
a person who does not exist. It removes the messages that its own runs left in the dead-letter queue. Its runs stay in
the list until their retention ends.`,
  rights: ['events:PutEvents', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
  options: [
    new Option('--configuration <file>', 'file with the schedules').default('cdk.json'),
    new Option('--source <source>', 'source of the event, if the deployment takes only some').default(
      'com.example.smoke',
    ),
  ],
  examples: ['smoke --stack green-api-logout', 'smoke --url http://127.0.0.1:3000'],
  run: async (session, options) => {
    const smoke = { ...options, reason: `smoke test ${randomUUID()}` };
    const problems: string[] = [];
    for (const name of Object.keys(steps) as (keyof typeof steps)[]) {
      const problem = await runStep(session, name, smoke);
      if (problem !== undefined) problems.push(name);
    }
    session.print(problems.length === 0 ? '\nEverything worked.' : `\nFailed: ${problems.join(', ')}.`);
    return problems.length === 0 ? exitCodes.done : exitCodes.failed;
  },
});
