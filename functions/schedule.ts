import middy from '@middy/core';
import * as v from 'valibot';
import { InvalidRequest, requireFields } from './http/request.ts';
import { createLambda } from './platform/aws-clients.ts';
import type { Variables } from './platform/environment.ts';
import { createLog, type Log, type Write, writeLine } from './platform/log.ts';
import { readStartingEnvironment } from './platform/settings.ts';
import { reportFailedEvents } from './runs/failed-events.ts';
import { createStartRun, RunNotStarted, type StartRun } from './runs/lambda/start-run.ts';
import {
  defaultExpiryAfter,
  defaultMaxTargetsWithin,
  fieldsOf,
  instant,
  overCeiling,
  type RunLimits,
  type RunRequest,
} from './runs/request.ts';
import { type RunName, runNameOf } from './runs/run-name.ts';

type ScheduleHandlerDependencies = {
  readonly startRun: StartRun;
  /** The deployment, as part of the names of its runs. */
  readonly stack: string;
  readonly limits: RunLimits;
  readonly log: Log;
};

/**
 * What EventBridge Scheduler sends: the schedule as it was configured, and the scheduled time of this firing, which is
 * `<aws.scheduler.scheduled-time>` (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html).
 */
const firingSchema = v.strictObject(
  {
    schedule: v.pipe(v.string('must be a string'), v.regex(/^[0-9A-Za-z_.-]{1,64}$/, 'must be the name of a schedule')),
    scheduledTime: instant,
    ...fieldsOf('schedule'),
  },
  'must be a JSON object',
);

/** Depends on the configuration and the scheduled time alone, so that a repeated delivery of a firing is the same run. */
const requestOf = (
  { schedule, scheduledTime, ...configured }: v.InferOutput<typeof firingSchema>,
  limits: RunLimits,
): RunRequest => {
  const { maxTargetsCeiling } = limits;
  const { maxTargets = defaultMaxTargetsWithin(maxTargetsCeiling) } = configured;
  if (maxTargets > maxTargetsCeiling) throw new InvalidRequest('maxTargets', overCeiling(maxTargetsCeiling));
  if (configured.rotateToken && !limits.tokenRotation)
    throw new InvalidRequest('rotateToken', 'needs tokenRotation.enabled in the configuration of this deployment');
  return {
    ...configured,
    maxTargets,
    requestedBy: `schedule ${schedule}`,
    source: 'schedule',
    occurredAt: scheduledTime,
    expiresAt: defaultExpiryAfter(scheduledTime, limits),
  };
};

/**
 * EventBridge Scheduler → one run for each firing of a schedule.
 *
 * @throws InvalidRequest for an input that no retry can correct
 * @throws RunNotStarted for anything else; the firing is then delivered again
 */
export const createScheduleHandler = ({ startRun, stack, limits, log }: ScheduleHandlerDependencies) =>
  middy<unknown, { readonly run: RunName }>({ timeoutEarlyInMillis: 0 })
    .use(reportFailedEvents({ log, stack, functionName: 'schedule', now: () => new Date() }))
    .handler(async (event) => {
      const firing = requireFields(firingSchema, event, 'input');
      const { schedule, scheduledTime } = firing;
      const name = runNameOf('schedule', { stack, requester: schedule, key: scheduledTime });
      const start = await startRun(name, requestOf(firing, limits));
      if (start.kind !== 'started' && start.kind !== 'other-payload') throw new RunNotStarted(start);

      const fact = { schedule, scheduledTime, run: name };
      if (start.kind === 'started') log('INFO', 'schedule', fact);
      else log('WARN', 'duplicate: this firing started a run before the schedule was changed', fact);
      return { run: name };
    });

export const composeSchedule = (variables: Variables, write: Write): ScheduleHandlerDependencies => {
  const { runFunction, runQualifier, stack, ...limits } = readStartingEnvironment(variables);
  return {
    startRun: createStartRun({ client: createLambda(), functionName: runFunction, qualifier: runQualifier }),
    stack,
    limits,
    log: createLog(write),
  };
};

export const handler = createScheduleHandler(composeSchedule(process.env, writeLine));
