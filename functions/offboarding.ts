import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { InvalidEvent, type ParsedEvent, UnknownEvent } from './offboarding/dialect.ts';
import { parseOffboardingEvent } from './offboarding/dialects.ts';
import { type PlannedRun, planRuns, type ReportLimits, withWatchDays } from './offboarding/plan-runs.ts';
import { createStartReportedRun, noteOnEarlierRun, type ReportedRun } from './offboarding/start-reported-run.ts';
import { createIsDisabled, createReadUserStatus, type IsDisabled } from './offboarding/user-status.ts';
import { createIdentityStore, createLambda } from './platform/aws-clients.ts';
import { parseVariables, type Variables } from './platform/environment.ts';
import { createLog, type Log, type Write, writeLine } from './platform/log.ts';
import { offboardingSettings, readStartingEnvironment } from './platform/settings.ts';
import { reportFailedEvents } from './runs/failed-events.ts';
import type { LambdaFailure } from './runs/lambda/failure.ts';
import { createFindRunOnce, type FindRun } from './runs/lambda/find-run.ts';
import { createStartRun, RunNotStarted, type StartRun } from './runs/lambda/start-run.ts';
import { type RunName, runNameOf } from './runs/run-name.ts';

export type OffboardingHandlerDependencies = {
  readonly startRun: StartRun;
  readonly findRun: FindRun;
  readonly isDisabled: IsDisabled;
  /** The deployment, part of the name of each run. */
  readonly stack: string;
  readonly limits: ReportLimits;
  /** Days to watch the instances of a leaver whose event says nothing about it, by dialect. */
  readonly watchDays: Readonly<Record<string, number>>;
  readonly now: () => Date;
  readonly log: Log;
};

/** The runs of an event; none if nobody left. */
export type OffboardingAnswer = { readonly runs: readonly RunName[] };

/** @throws UserNotRead */
const withStatus = async (parsed: ParsedEvent, isDisabled: IsDisabled) => {
  if (parsed.kind !== 'status-change') return parsed;
  if (await isDisabled(parsed.user)) return parsed.report;
  return { kind: 'not-an-offboarding', why: 'the user is enabled' } as const;
};

/** @throws InvalidEvent, UnknownEvent or UserNotRead */
const plan = async (event: unknown, { isDisabled, limits, watchDays, now }: OffboardingHandlerDependencies) => {
  const parsed = parseOffboardingEvent(event);
  if (parsed.kind === 'unknown-dialect') throw new UnknownEvent('no offboarding dialect understands this event');

  const read = await withStatus(parsed, isDisabled);
  if (read.kind === 'not-an-offboarding') return read;
  const planned =
    read.kind === 'report' ? planRuns(withWatchDays(read, watchDays[parsed.dialect]), limits, now()) : read;
  if (planned.kind === 'invalid') throw new InvalidEvent(planned.problem);
  return planned;
};

const startedRun = (start: ReportedRun | LambdaFailure): ReportedRun => {
  if (start.kind === 'run') return start;
  throw new RunNotStarted(start);
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

/**
 * EventBridge → one run for each person who left. The same event again, even in another envelope, is the same runs.
 *
 * @throws RunNotStarted or UserNotRead, and Lambda delivers the event again, which starts no run twice; InvalidEvent or
 * UnknownEvent, and Lambda keeps the event in the failed queue. The runs of everybody else are started before.
 */
export const createOffboardingHandler = (dependencies: OffboardingHandlerDependencies) => {
  const { startRun, findRun, stack, now, log } = dependencies;
  const startReportedRun = createStartReportedRun({ findRun, now: () => now().getTime() });

  const start = ({ cause, request }: PlannedRun) => {
    const namesAfter = (former?: RunName) => {
      const key = former === undefined ? cause.key : JSON.stringify([cause.key, former]);
      return { name: runNameOf('event', { stack, ...cause, key }), earlier: [] };
    };
    return startReportedRun<never>({ request, namesAfter, idLasts: true, start: (name) => startRun(name, request) });
  };

  return middy<unknown, OffboardingAnswer>({ timeoutEarlyInMillis: 0 })
    .use(reportFailedEvents({ log, stack, functionName: 'offboarding', now }))
    .handler(async (event) => {
      const planned = await plan(event, dependencies);
      if (planned.kind === 'not-an-offboarding') {
        log('INFO', 'not an offboarding', { why: planned.why });
        return { runs: [] };
      }

      // All of them before any failure is looked at: one must not keep the others logged in.
      const starts = await Promise.all(planned.runs.map(start));
      const reported = starts.map(startedRun);
      const runs = reported.map(({ id }) => id);
      const note = planned.problem ?? noteOf(reported, now());
      log(note === undefined ? 'INFO' : 'WARN', 'offboarding', { requestedBy: planned.requestedBy, runs, note });
      if (planned.problem !== undefined) throw new InvalidEvent(planned.problem);
      return { runs };
    });
};

export const composeOffboarding = (variables: Variables, write: Write): OffboardingHandlerDependencies => {
  const { runFunction, runQualifier, stack, ...limits } = readStartingEnvironment(variables);
  const {
    identityStoreId,
    offboardingMaxTargets: maxTargets,
    sourceWatchDays: watchDays,
  } = parseVariables(offboardingSettings, variables);
  const readUserStatus = createReadUserStatus({ client: createIdentityStore(), identityStoreId });
  const client = createLambda();
  return {
    startRun: createStartRun({ client, functionName: runFunction, qualifier: runQualifier }),
    findRun: createFindRunOnce({ client, functionName: runFunction }),
    isDisabled: createIsDisabled({ readUserStatus, sleep }),
    stack,
    limits: { ...limits, maxTargets },
    watchDays,
    now: () => new Date(),
    log: createLog(write),
  };
};

export const handler = createOffboardingHandler(composeOffboarding(process.env, writeLine));
