import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { defaultMaxTargets } from '../../functions/runs/request.ts';
import type { Schedule } from '../../infra/configuration/schedules/schedule-schema.ts';
import { type Api, isLoopback, valueIn } from '../api/api.ts';
import type { HandedOver } from '../failed-events/invoke-function.ts';
import { loadConfigurationIfAny } from '../input/files.ts';
import type { Session } from '../session.ts';
import { followToEnd } from './instance-steps.ts';
import { failed, notTried, ok, type Smoke, type Step } from './step.ts';

export const eventStep: Step = {
  name: 'offboarding event as a dry run',
  expected: 'one run starts, and succeeds',
  run: async (smoke) => {
    const id = `smoke-${randomUUID()}`;
    const { sendSmokeEvent } = await import('./send-smoke-event.ts');
    const run = await sendSmokeEvent(smoke, id);
    const seen = `event ${id} started run ${run.id}, which is ${run.status}`;
    return run.status === 'SUCCEEDED' ? ok(seen) : failed(seen);
  },
};

const countTargets = async (api: Api, { target }: Schedule): Promise<number> => {
  const { instances } = valueIn(await api.listInstances('owner' in target || 'group' in target ? target : {}));
  const found =
    'instances' in target
      ? instances.filter((each) => target.instances.some((id) => id === each.idInstance))
      : instances;
  return found.filter((each) => !each.protected).length;
};

/** What is wrong with so many targets. */
const problemOf = ({ maxTargets = defaultMaxTargets, mayFindNobody }: Schedule, count: number): string | undefined => {
  if (count > maxTargets) return `more than its maxTargets, ${maxTargets}`;
  return count === 0 && !mayFindNobody ? 'correct its target, or set mayFindNobody' : undefined;
};

const scheduleTargetsStep: Step = {
  name: 'targets of the schedules',
  expected: 'each has an instance that is not protected, and not more than its maxTargets',
  run: async ({ session, configuration }) => {
    const { schedules } = (await loadConfigurationIfAny(configuration)) ?? {};
    if (schedules === undefined) return notTried(`there is no file ${configuration}: name it with --configuration`);
    if (schedules.length === 0) return notTried(`${configuration} has no schedule`);
    const { upcomingFirings } = await import('../../infra/configuration/schedules/upcoming-firings.ts');
    const next = new Map(
      upcomingFirings(schedules, session.terminal.now()).map(({ name, firings: [at] }) => [name, at]),
    );
    const api = await session.api();
    const counted = [];
    for (const schedule of schedules) counted.push({ schedule, count: await countTargets(api, schedule) });
    const seen = counted.map(({ schedule, count }) => {
      const problem = problemOf(schedule, count);
      const about = `${schedule.name}: ${count} instances, next at ${next.get(schedule.name) ?? 'no time'}`;
      return { text: problem === undefined ? about : `${about} (${problem})`, isWrong: problem !== undefined };
    });
    return (seen.some(({ isWrong }) => isWrong) ? failed : ok)(seen.map(({ text }) => text).join('; '));
  },
};

const firedSchema = v.object({ run: v.string() });

/** Calls the function as EventBridge Scheduler does, with a drill. */
const invokeSchedule = async (session: Session, reason: string): Promise<HandedOver> => {
  const { createInvokeFunction } = await import('../failed-events/invoke-function.ts');
  return createInvokeFunction(session.aws)((await session.outputs()).require('ScheduleFunction'), {
    schedule: 'smoke',
    scheduledTime: session.terminal.now().toISOString(),
    target: { owner: `smoke-${randomUUID()}` },
    reason,
    dryRun: true,
    mayFindNobody: true,
  });
};

/** Fires a drill of the local service. The file may not be that of the service, so the request says that it is a drill. */
const fireLocally = async ({ session, configuration }: Smoke): Promise<HandedOver | undefined> => {
  const api = await session.api();
  const drill = (await loadConfigurationIfAny(configuration))?.schedules.find(({ dryRun }) => dryRun);
  if (drill === undefined || !isLoopback(api.url)) return undefined;
  const path = `/schedules/${drill.name}`;
  const { run } = valueIn(await api.call(firedSchema, { method: 'POST', path, query: { dryRun: 'true' } }));
  return { kind: 'accepted', runs: [run] };
};

const scheduleFunctionStep: Step = {
  name: 'what a schedule calls',
  expected: 'a firing as a drill starts a run, which succeeds',
  run: async (smoke) => {
    const { session, reason, configuration } = smoke;
    const { stack } = session.options;
    if (stack !== undefined && !(await session.outputs()).find('ScheduleFunction'))
      return notTried('the stack has no output ScheduleFunction: deploy this version');
    const fired = stack === undefined ? await fireLocally(smoke) : await invokeSchedule(session, reason);
    if (fired === undefined)
      return notTried(`without --stack it takes the local service, and a schedule with dryRun in ${configuration}`);
    if (fired.kind !== 'accepted') return failed(`the function failed: ${fired.problem}`);
    const [run] = fired.runs;
    return run === undefined ? failed('the function started no run') : followToEnd(smoke, run);
  },
};

export const scheduleSteps: readonly Step[] = [scheduleTargetsStep, scheduleFunctionStep];
