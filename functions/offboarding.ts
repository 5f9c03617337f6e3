import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { InvalidEvent, type ParsedEvent, UnknownEvent } from './offboarding/dialect.ts';
import { parseOffboardingEvent } from './offboarding/dialects.ts';
import { createPace } from './offboarding/pace.ts';
import { type PlannedRun, planRuns } from './offboarding/plan-runs.ts';
import { createIsDisabled, createReadUserStatus, type IsDisabled } from './offboarding/user-status.ts';
import { createIdentityStore, createLambda } from './platform/aws-clients.ts';
import { parseVariables, type Variables } from './platform/environment.ts';
import { createLog, type Log, type Write, writeLine } from './platform/log.ts';
import { offboardingSettings, readStartingEnvironment } from './platform/settings.ts';
import { reportFailedEvents } from './runs/failed-events.ts';
import { createStartRun, RunNotStarted, type RunStart, type StartRun } from './runs/lambda/start-run.ts';
import type { RunLimits } from './runs/request.ts';
import { type RunName, runNameOf } from './runs/run-name.ts';

export type OffboardingHandlerDependencies = {
  readonly startRun: StartRun;
  readonly isDisabled: IsDisabled;
  /** The deployment, part of the name of each run. */
  readonly stack: string;
  readonly limits: RunLimits;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly log: Log;
};

/** The runs of an event; none if nobody left. */
export type OffboardingAnswer = { readonly runs: readonly RunName[] };

/**
 * Each run lists all instances, and Secrets Manager allows an account 100 pages a second: a mass offboarding starts its runs one
 * after another, so that the lists do not compete.
 */
const startPace = { burst: 5, intervalMs: 200 } as const;
/** A start waits no longer than this for its turn, in milliseconds: the function has 29 seconds. */
const longestTurnMs = 10_000;

/** @throws UserNotRead */
const withStatus = async (parsed: ParsedEvent, isDisabled: IsDisabled) => {
  if (parsed.kind !== 'status-change') return parsed;
  if (await isDisabled(parsed.user)) return parsed.report;
  return { kind: 'not-an-offboarding', why: 'the user is enabled' } as const;
};

/** @throws InvalidEvent, UnknownEvent or UserNotRead */
const plan = async (event: unknown, { isDisabled, limits, now }: OffboardingHandlerDependencies) => {
  const parsed = parseOffboardingEvent(event);
  if (parsed.kind === 'unknown-dialect') throw new UnknownEvent('no offboarding dialect understands this event');

  const read = await withStatus(parsed, isDisabled);
  if (read.kind === 'not-an-offboarding') return read;
  const planned = read.kind === 'report' ? planRuns(read, limits, now()) : read;
  if (planned.kind === 'invalid') throw new InvalidEvent(planned.problem);
  return planned;
};

const startedName = (start: RunStart): RunName => {
  if (start.kind === 'started' || start.kind === 'other-payload') return start.id;
  throw new RunNotStarted(start);
};

/** The event has come before, with a difference that does not name another run. */
const isOtherRequest = ({ kind }: RunStart): boolean => kind === 'other-payload';
const otherRequestNote = 'a run with this name and another request exists: it stays as it is';

/**
 * EventBridge → one run for each person who left. The same event again, even in another envelope, is the same runs.
 *
 * @throws RunNotStarted or UserNotRead, and Lambda delivers the event again, which starts no run twice; InvalidEvent or
 * UnknownEvent, and Lambda keeps the event in the failed queue. The runs of everybody else are started before.
 */
export const createOffboardingHandler = (dependencies: OffboardingHandlerDependencies) => {
  const { startRun, stack, now, log } = dependencies;
  const turn = createPace(startPace, () => now().getTime());

  const start = async ({ cause, request }: PlannedRun): Promise<RunStart> => {
    const waitMs = Math.min(turn(), longestTurnMs);
    if (waitMs > 0) await dependencies.sleep(waitMs);
    return startRun(runNameOf('event', { stack, ...cause }), request);
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
      const runs = starts.map(startedName);
      const note = planned.problem ?? (starts.some(isOtherRequest) ? otherRequestNote : undefined);
      log(note === undefined ? 'INFO' : 'WARN', 'offboarding', { requestedBy: planned.requestedBy, runs, note });
      if (planned.problem !== undefined) throw new InvalidEvent(planned.problem);
      return { runs };
    });
};

export const composeOffboarding = (variables: Variables, write: Write): OffboardingHandlerDependencies => {
  const { runFunction, runQualifier, stack, ...limits } = readStartingEnvironment(variables);
  const { identityStoreId } = parseVariables(offboardingSettings, variables);
  const readUserStatus = createReadUserStatus({ client: createIdentityStore(), identityStoreId });
  return {
    startRun: createStartRun({ client: createLambda(), functionName: runFunction, qualifier: runQualifier }),
    isDisabled: createIsDisabled({ readUserStatus, sleep }),
    stack,
    limits,
    now: () => new Date(),
    sleep,
    log: createLog(write),
  };
};

export const handler = createOffboardingHandler(composeOffboarding(process.env, writeLine));
