import { costOfNights, gbSeconds, prices, runMemoryMb } from './cost.ts';
import { table } from './tables.ts';

/** As `RESULTS.md` has it. */
const measuredRun = {
  instances: 1_000,
  seconds: 8.2,
  operations: 20,
  writtenBytes: 1_200_000,
  status: 'SUCCEEDED',
  limitBroken: 0,
};

/** What a deployment is used for in a month. */
const use = { nights: 22, drills: 4, leaversPerInstance: 0.02 } as const;

/**
 * The watch of a leaver's instance for 30 days: polls as `poll-schedule.ts` plans them, two operations and two calls of Secrets
 * Manager each. Assumed: 400 ms of Lambda and 1,000 bytes of log for each poll, and a trace.
 */
const watch = { polls: 1_000, operationsPerPoll: 2, secretReads: 2, pollMs: 400, logBytes: 1_000 } as const;

const costOfWatch = (): number => {
  const { polls, operationsPerPoll, secretReads, pollMs, logBytes } = watch;
  const perMillionPolls =
    operationsPerPoll * prices.millionDurableOperations +
    secretReads * prices.millionSecretReads +
    prices.millionRequests +
    prices.millionTraces;
  const lambda = gbSeconds(runMemoryMb, pollMs) * prices.gbSecondArm;
  return polls * (perMillionPolls / 1e6 + lambda + (logBytes / 1e9) * prices.logGb);
};

/** Custom metrics that a month of such a use writes: see docs/performance.md. */
const customMetrics = 20;

/** Dollars per month. A drill is counted like a night, although it costs less. */
const costOfMonth = (instances: number, alarmMetrics: number) => {
  const parts = {
    secrets: instances * prices.secretAndMonth,
    nights: costOfNights(measuredRun, instances, use.nights + use.drills).withoutSecrets,
    leavers: instances * use.leaversPerInstance * costOfWatch(),
    alarms: alarmMetrics * prices.alarmMetric,
    customMetrics: customMetrics * prices.customMetric,
    dashboard: prices.dashboard,
  };
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
};

/** The table of docs/performance.md. */
export const tableOfMonths = (alarmMetrics: number): string =>
  table(
    [
      'instances',
      'secrets',
      'logouts at night',
      'leavers with a watch',
      'alarms',
      'metrics',
      'dashboard',
      'all',
      'all but secrets',
    ],
    [10, 100, 1_000, 3_000, 10_000].map((instances) => {
      const { secrets, nights, leavers, alarms, customMetrics, dashboard, total } = costOfMonth(
        instances,
        alarmMetrics,
      );
      const dollars = [secrets, nights, leavers, alarms, customMetrics, dashboard, total, total - secrets];
      return [
        instances.toLocaleString('en'),
        ...dollars.map((sum) => sum.toLocaleString('en', { style: 'currency', currency: 'USD' })),
      ];
    }),
  );
