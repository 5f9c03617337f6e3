import middy from '@middy/core';
import { InvalidEvent, UnknownEvent } from './offboarding/dialect.ts';
import { parseOffboardingEvent } from './offboarding/dialects.ts';
import { type PlannedRun, planRuns } from './offboarding/plan-runs.ts';
import { createLambda } from './platform/aws-clients.ts';
import { readStartingEnvironment, type Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { createStartRun, RunNotStarted, type RunStart, type StartRun } from './runs/lambda/start-run.ts';
import type { RunLimits } from './runs/request.ts';
import { type RunName, runNameOf } from './runs/run-name.ts';

export type OffboardingHandlerDependencies = {
  readonly startRun: StartRun;
  /** The deployment, part of the name of each run. */
  readonly stack: string;
  readonly limits: RunLimits;
  readonly now: () => Date;
  readonly log: (level: 'INFO' | 'WARN', message: string, fields: object) => void;
};

/** The runs an event stands for; none if nobody left. */
export type OffboardingAnswer = { readonly runs: readonly RunName[] };

/** @throws InvalidEvent or UnknownEvent: another delivery would fail the same way */
const plan = (event: unknown, limits: RunLimits) => {
  const parsed = parseOffboardingEvent(event);
  if (parsed.kind === 'unknown-dialect') throw new UnknownEvent('no offboarding dialect understands this event');
  if (parsed.kind === 'not-an-offboarding') return parsed;

  const planned = parsed.kind === 'departure' ? planRuns(parsed, limits) : parsed;
  if (planned.kind === 'invalid') throw new InvalidEvent(planned.problem);
  return planned;
};

const startedName = (start: RunStart): RunName => {
  if (start.kind === 'started' || start.kind === 'other-payload') return start.id;
  throw new RunNotStarted(start);
};

/** What an operator should know about the runs of an event that is no failure. */
const noteOf = (planned: readonly PlannedRun[], starts: readonly RunStart[], now: Date): string | undefined => {
  if (starts.some(({ kind }) => kind === 'other-payload'))
    return 'a run with this name and another request exists: it stays as it is';
  if (planned.some(({ request }) => Date.parse(request.expiresAt) <= now.getTime()))
    return 'the event came too late: its run expires and logs nobody out';
  return undefined;
};

/**
 * EventBridge → one run for each person who left. The same event again, even in another envelope, is the same runs.
 *
 * @throws RunNotStarted, and the event is delivered again: nobody's run is started twice by that
 */
export const createOffboardingHandler = ({ startRun, stack, limits, now, log }: OffboardingHandlerDependencies) =>
  middy<unknown, OffboardingAnswer>({ timeoutEarlyInMillis: 0 }).handler(async (event) => {
    const planned = plan(event, limits);
    if (planned.kind === 'not-an-offboarding') {
      log('INFO', 'not an offboarding', { why: planned.why });
      return { runs: [] };
    }

    // All of them before any failure is looked at: one must not keep the others logged in.
    const starts = await Promise.all(
      planned.runs.map(({ cause, request }) => startRun(runNameOf('event', { stack, ...cause }), request)),
    );
    const runs = starts.map(startedName);
    const note = noteOf(planned.runs, starts, now());
    log(note === undefined ? 'INFO' : 'WARN', 'offboarding', { requestedBy: planned.requestedBy, runs, note });
    return { runs };
  });

export const composeOffboarding = (variables: Variables, write: Write): OffboardingHandlerDependencies => {
  const { runFunction, runQualifier, stack, ...limits } = readStartingEnvironment(variables);
  return {
    startRun: createStartRun({ client: createLambda(), functionName: runFunction, qualifier: runQualifier }),
    stack,
    limits,
    now: () => new Date(),
    log: createLog(write),
  };
};

export const handler = createOffboardingHandler(composeOffboarding(process.env, writeLine));
