import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { describeInvalid, InvalidEvent, type LeaverReport, UnknownEvent } from './offboarding/dialect.ts';
import { type PlannedRun, planRuns, type ReportLimits, withWatchDays } from './offboarding/plan-runs.ts';
import { parseDelivery, readEvent } from './offboarding/second-look.ts';
import {
  causeAfter,
  createStartReportedRun,
  noteOnEarlierRun,
  type ReportedRun,
} from './offboarding/start-reported-run.ts';
import { createIsDisabled, type IsDisabled } from './offboarding/user-status.ts';
import { createIdentityStore, createLambda } from './platform/aws-clients.ts';
import { parseVariables, type Variables } from './platform/environment.ts';
import { createLog, type Log, type Write, writeLine } from './platform/log.ts';
import { offboardingSettings, readStartingEnvironment } from './platform/settings.ts';
import { reportFailedEvents } from './runs/failed-events.ts';
import { createFindRunOnce, type FindRun } from './runs/lambda/find-run.ts';
import { createStartRun, RunNotStarted, type StartRun } from './runs/lambda/start-run.ts';
import { type RunName, runNameOf } from './runs/run-name.ts';

type OffboardingHandlerDependencies = {
  readonly startRun: StartRun;
  readonly findRun: FindRun;
  readonly isDisabled: IsDisabled;
  /** Whether IAM Identity Center reports each change by several events. */
  readonly nativeEvents: boolean;
  /** The deployment, part of the name of each run. */
  readonly stack: string;
  readonly limits: ReportLimits;
  /** Days to watch the instances of a leaver whose event says nothing about it, by dialect. */
  readonly watchDays: Readonly<Record<string, number>>;
  readonly now: () => Date;
  readonly log: Log;
};

/** CloudTrail alone reports each change once, under an id of its own. */
const alone = ({ change: _, ...report }: LeaverReport): LeaverReport => report;

/** @throws InvalidEvent, UnknownEvent or UserNotRead */
const plan = async (input: unknown, dependencies: OffboardingHandlerDependencies) => {
  const { isDisabled, nativeEvents, limits, watchDays, now } = dependencies;
  const read = await readEvent(parseDelivery(input), isDisabled);
  if (read.kind === 'unknown-dialect') throw new UnknownEvent('no offboarding dialect understands this event');
  if (read.kind === 'not-an-offboarding') return read;
  if (read.kind === 'invalid') throw new InvalidEvent(describeInvalid(read));
  const report = withWatchDays(nativeEvents ? read : alone(read), watchDays[read.dialect]);
  const planned = planRuns(report, limits, now());
  if (planned.kind === 'invalid') throw new InvalidEvent(describeInvalid(planned));
  return planned;
};

/** What an operator should know about the runs of an event that is no failure. */
const noteOf = (runs: readonly ReportedRun[], now: Date): string | undefined => {
  const [ended] = runs.flatMap((run) => noteOnEarlierRun(run, now.getTime()) ?? []);
  if (ended !== undefined) return ended;
  // The event has come before, with a difference that does not name another run.
  return runs.some(({ isEarlier }) => isEarlier)
    ? 'a run with this name and another request exists: it stays as it is'
    : undefined;
};

/** Normal where several events report each change. */
const joinedNote = 'another event has reported the same change: its run stays as it is';

const dayMs = 24 * 60 * 60 * 1_000;

/** Events that nobody can tell anything from may come by the thousand: one line a day and copy of the function. */
const createDailyLog = ({ now, log }: Pick<OffboardingHandlerDependencies, 'now' | 'log'>) => {
  let latest = Number.NEGATIVE_INFINITY;
  return (why: string): void => {
    if (now().getTime() - latest < dayMs) return;
    latest = now().getTime();
    log('WARN', 'event without a user', { why, note: 'further ones of today are not logged' });
  };
};

/**
 * EventBridge → one run for each person who left. The same event again, even in another envelope, is the same runs.
 *
 * @throws RunNotStarted or UserNotRead, and Lambda delivers the event again, which starts no run twice; InvalidEvent or
 * UnknownEvent, and Lambda keeps the event in the failed queue. The runs of everybody else are started before.
 */
export const createOffboardingHandler = (dependencies: OffboardingHandlerDependencies) => {
  const { startRun, findRun, stack, now, log } = dependencies;
  const startReportedRun = createStartReportedRun({ findRun, now: () => now().getTime() });

  const logDoubtful = createDailyLog(dependencies);

  const start = ({ cause, otherCauses, request }: PlannedRun) => {
    const namesAfter = (former?: RunName) => {
      const nameOf = (each: PlannedRun['cause']) => runNameOf('event', causeAfter({ stack, ...each }, former));
      return { name: nameOf(cause), earlier: otherCauses.map(nameOf) };
    };
    return startReportedRun<never>({ request, namesAfter, idLasts: true, start: (name) => startRun(name, request) });
  };

  return middy<unknown, { readonly runs: readonly RunName[] }>({ timeoutEarlyInMillis: 0 })
    .use(reportFailedEvents({ log, stack, functionName: 'offboarding', now }))
    .handler(async (event) => {
      const planned = await plan(event, dependencies);
      if (planned.kind === 'not-an-offboarding') {
        if (planned.isDoubtful) logDoubtful(planned.why);
        else log('INFO', 'not an offboarding', { why: planned.why });
        return { runs: [] };
      }

      // All of them before any failure is looked at: one must not keep the others logged in.
      const starts = await Promise.all(planned.runs.map(start));
      const reported = starts.map((started) => {
        if (started.kind !== 'run') throw new RunNotStarted(started);
        return started;
      });
      const runs = reported.map(({ id }) => id);
      const joined = planned.isOfChange && reported.some(({ isEarlier }) => isEarlier) ? joinedNote : undefined;
      const note = planned.problem ?? joined ?? noteOf(reported, now());
      log(note === joined ? 'INFO' : 'WARN', 'offboarding', { requestedBy: planned.requestedBy, runs, note });
      if (planned.problem !== undefined) throw new InvalidEvent(planned.problem);
      return { runs };
    });
};

export const composeOffboarding = (variables: Variables, write: Write): OffboardingHandlerDependencies => {
  const { runFunction, runQualifier, stack, ...limits } = readStartingEnvironment(variables);
  const settings = parseVariables(offboardingSettings, variables);
  const client = createLambda();
  return {
    startRun: createStartRun({ client, functionName: runFunction, qualifier: runQualifier }),
    findRun: createFindRunOnce({ client, functionName: runFunction }),
    nativeEvents: settings.nativeEvents,
    isDisabled: createIsDisabled({ client: createIdentityStore(), identityStoreId: settings.identityStoreId, sleep }),
    stack,
    limits: { ...limits, maxTargets: settings.offboardingMaxTargets, timeZone: settings.customTimeZone },
    watchDays: settings.sourceWatchDays,
    now: () => new Date(),
    log: createLog(write),
  };
};

export const handler = createOffboardingHandler(composeOffboarding(process.env, writeLine));
