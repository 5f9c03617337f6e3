import middy from '@middy/core';
import * as v from 'valibot';
import { InvalidRequest, requireFields } from './http/request.ts';
import { createLambda } from './platform/aws-clients.ts';
import { readStartingEnvironment, type Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { createStartRun, RunNotStarted, type StartRun } from './runs/lambda/start-run.ts';
import {
  defaultExpiryAfter,
  defaultMaxTargetsWithin,
  type ForcedLogout,
  instant,
  requestEntries,
} from './runs/request.ts';
import { type RunName, runNameOf } from './runs/run-name.ts';

export type ScheduleHandlerDependencies = {
  readonly startRun: StartRun;
  /** The deployment, as part of the names of its runs. */
  readonly stack: string;
  readonly maxTargetsCeiling: number;
  readonly log: (level: 'INFO' | 'WARN', message: string, fields: object) => void;
};

// A schedule waits for nothing, and its runs end a day after it was due.
const { at: _at, expiresAt: _expiresAt, ...configurable } = requestEntries;

/**
 * What EventBridge Scheduler sends: the schedule as it was configured, and the time it was due, which is
 * `<aws.scheduler.scheduled-time>` (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html).
 */
const inputSchema = v.strictObject(
  {
    schedule: v.pipe(v.string('must be a text'), v.regex(/^[0-9A-Za-z_.-]{1,64}$/, 'must be the name of a schedule')),
    scheduledTime: instant,
    ...configurable,
  },
  'must be a JSON object',
);

type Input = Pick<ForcedLogout, 'target' | 'except' | 'reason' | 'clearQueue' | 'dryRun'> & {
  readonly schedule: string;
  readonly scheduledTime: string;
  readonly maxTargets?: number;
};

const parseInput = (event: unknown): Input => requireFields(inputSchema, event, 'input') as Input;

/** Nothing in it but what was configured and the time it was due: another delivery of the same firing is the same run. */
const requestOf = ({ schedule, scheduledTime, ...configured }: Input, ceiling: number): ForcedLogout => {
  const { maxTargets = defaultMaxTargetsWithin(ceiling) } = configured;
  if (maxTargets > ceiling)
    throw new InvalidRequest('maxTargets', `must be at most ${ceiling}, the ceiling of this deployment`);
  return {
    ...configured,
    maxTargets,
    requestedBy: `schedule ${schedule}`,
    source: 'schedule',
    occurredAt: scheduledTime,
    expiresAt: defaultExpiryAfter(scheduledTime),
  };
};

/**
 * EventBridge Scheduler → one run for each time a schedule is due.
 *
 * @throws InvalidRequest for an input that no retry will mend, RunNotStarted otherwise: then the firing is delivered again
 */
export const createScheduleHandler = ({ startRun, stack, maxTargetsCeiling, log }: ScheduleHandlerDependencies) =>
  middy<unknown, { readonly run: RunName }>({ timeoutEarlyInMillis: 0 }).handler(async (event) => {
    const input = parseInput(event);
    const { schedule, scheduledTime } = input;
    const name = runNameOf('schedule', { stack, requester: schedule, key: scheduledTime });
    const start = await startRun(name, requestOf(input, maxTargetsCeiling));
    if (start.kind !== 'started' && start.kind !== 'other-payload') throw new RunNotStarted(start);

    const fact = { schedule, scheduledTime, run: name };
    if (start.kind === 'started') log('INFO', 'schedule', fact);
    else log('WARN', 'duplicate: this firing started a run before the schedule was changed', fact);
    return { run: name };
  });

export const composeSchedule = (variables: Variables, write: Write): ScheduleHandlerDependencies => {
  const { runFunction, runQualifier, stack, maxTargetsCeiling } = readStartingEnvironment(variables);
  return {
    startRun: createStartRun({ client: createLambda(), functionName: runFunction, qualifier: runQualifier }),
    stack,
    maxTargetsCeiling,
    log: createLog(write),
  };
};

export const handler = createScheduleHandler(composeSchedule(process.env, writeLine));
