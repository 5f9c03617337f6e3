import { defined } from '../platform/defined.ts';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { FindRun, FoundRun, RunStatus } from '../runs/lambda/find-run.ts';
import type { RunStart } from '../runs/lambda/start-run.ts';
import type { RunRequest } from '../runs/request.ts';
import type { RunCause, RunName } from '../runs/run-name.ts';

export type ReportedRun = {
  readonly kind: 'run';
  readonly id: RunName;
  readonly status: RunStatus;
  /** Missing while Lambda's list does not show the run yet. */
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** An earlier delivery of the report started it: this one started nothing. */
  readonly isEarlier: boolean;
};

export type ReportNames = {
  /** The name under which to start the run. */
  readonly name: RunName;
  /** Every name that an earlier delivery may have given it, if there are several. */
  readonly earlier: readonly RunName[];
};

/** What names the run that follows another of the same report. */
export const causeAfter = (cause: RunCause, former: RunName | undefined): RunCause =>
  former === undefined ? cause : { ...cause, key: JSON.stringify([cause.key, former]) };

type Report<Refusal> = {
  readonly request: RunRequest;
  /** The names of the first run, or of the one that follows the given run. */
  readonly namesAfter: (former?: RunName) => ReportNames;
  /** Whether the report may be sent again when its run has ended. If not, no run is looked up: Lambda allows 15 lists a second. */
  readonly idLasts: boolean;
  readonly start: (name: RunName) => Promise<RunStart | Refusal>;
};

type StartReportedRunDependencies = {
  readonly findRun: FindRun;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** The time between two runs of one report, in milliseconds. */
const restartIntervalMs = 60 * 60 * 1_000;
/** A report that happened less than this time ago cannot have a run to start again: clocks differ by at most 15 minutes. */
const recentMs = 45 * 60 * 1_000;
/** A report whose run fails every time starts no more runs than this, while Lambda keeps them. */
const mostRuns = 24;

/** Whether another run may follow one in this status. One that was stopped stays so: that is how a leaving day is cancelled. */
const canStartAgain = (status: RunStatus): boolean => status === 'FAILED' || status === 'TIMED_OUT';

/** Lambda's clock, or its timestamps in whole seconds, may differ by less, in milliseconds. */
const clockSlackMs = 1_000;

/** For people: why a report started nothing, if its run has ended. */
export const noteOnEarlierRun = (
  { status, startedAt, endedAt, isEarlier }: Omit<ReportedRun, 'kind' | 'id'>,
  nowMs: number,
): string | undefined => {
  if (!isEarlier || endedAt === undefined) return undefined;
  const ended = `This id started nothing now: its run ended as ${status} at ${endedAt.toISOString()}.`;
  const againAtMs = (startedAt ?? endedAt).getTime() + restartIntervalMs;
  return canStartAgain(status) && againAtMs > nowMs
    ? `${ended} The same id starts another run from ${new Date(againAtMs).toISOString()} on.`
    : `${ended} To log the person out again, report them with another id.`;
};

type Found = { readonly id: RunName; readonly run: FoundRun; readonly isEarlier: boolean };

const reportedRun = ({ id, run: { status, startedAt, endedAt }, isEarlier }: Found): ReportedRun =>
  defined({ kind: 'run', id, status, startedAt, endedAt, isEarlier });

/** Starts the run of a report, once. A report whose last run failed or timed out starts another, at most one an hour. */
export const createStartReportedRun = ({ findRun, now }: StartReportedRunDependencies) => {
  // A run that cannot be looked up is taken for unknown: a second run over an instance does no harm, a missing one does.
  const findEarlier = async (names: readonly RunName[]): Promise<Found | undefined> => {
    const found = await Promise.all(names.map(async (id) => ({ id, run: await findRun(id) })));
    return found.flatMap(({ id, run }) => (run.kind === 'found' ? [{ id, run, isEarlier: true }] : []))[0];
  };

  /** Lambda does not say whether a name with the same payload is new, so the run of an old report is looked up. */
  const startAs = async <Refusal extends { readonly kind: string }>(
    id: RunName,
    { request: { occurredAt = '' }, idLasts, start }: Report<Refusal>,
  ): Promise<Found | ReportedRun | LambdaFailure | Refusal> => {
    const startedAt = new Date(now());
    const started = await start(id);
    if (!('id' in started)) return started;
    const isNew = started.kind === 'started';
    if (isNew && (!idLasts || startedAt.getTime() - Date.parse(occurredAt) < recentMs))
      return { kind: 'run', id, status: 'RUNNING', startedAt, isEarlier: false };
    const run = idLasts ? await findRun(id) : ({ kind: 'unknown-run' } as const);
    if (run.kind === 'found')
      return { id, run, isEarlier: !isNew || run.startedAt.getTime() < startedAt.getTime() - clockSlackMs };
    return run.kind === 'unknown-run' ? { kind: 'run', id, status: 'RUNNING', isEarlier: !isNew } : run;
  };

  return async <Refusal extends { readonly kind: string }>(
    report: Report<Refusal>,
  ): Promise<ReportedRun | LambdaFailure | Refusal> => {
    let names = report.namesAfter();
    for (let runs = 1; ; runs += 1) {
      const latest = (await findEarlier(names.earlier)) ?? (await startAs(names.name, report));
      if ('kind' in latest) return latest;
      const isAnHourOld = latest.run.startedAt.getTime() <= now() - restartIntervalMs;
      if (runs === mostRuns || !canStartAgain(latest.run.status) || !isAnHourOld) return reportedRun(latest);
      names = report.namesAfter(latest.id);
    }
  };
};
