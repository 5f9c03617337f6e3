import type { FleetRun } from './fleet.ts';

/** US dollars in us-east-1, without free tiers. AWS's own price lists were not read; each price says where it is from. */
export const prices = {
  /** https://cloudchipr.com/blog/aws-lambda-pricing (2024), first tier */
  gbSecondArm: 0.000_013_333_4,
  /** A transcript of https://aws.amazon.com/lambda/pricing/ of September 2026 (api-evangelist/aws-lambda) */
  millionRequests: 0.2,
  /** https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html */
  millionHttpApiCalls: 1,
  /** A transcript of https://aws.amazon.com/secrets-manager/pricing/ of September 2026 (api-evangelist/amazon-secrets-manager) */
  millionSecretReads: 5,
  /** As the reads. */
  secretAndMonth: 0.4,
  /** https://cloudburn.io/blog/amazon-eventbridge-pricing (March 2026) */
  millionEvents: 1,
  /** A transcript of https://aws.amazon.com/cloudwatch/pricing/ of May 2026 (api-evangelist/cloudwatch), first tier */
  logGb: 0.5,
  /** https://aws.amazon.com/xray/pricing/ as of November 2026, without the first 100,000 of each month */
  millionTraces: 5,
  /** An example in the same transcript as the requests. */
  millionDurableOperations: 8,
  /** Assumed. */
  durableGbWritten: 0.25,
  /** As the log: of each metric of an alarm, each custom metric, and each dashboard after the account's first three, first tier. */
  alarmMetric: 0.1,
  customMetric: 0.3,
  dashboard: 3,
} as const;

/**
 * Assumed, because nothing here runs on AWS: one answer of GREEN-API's and one of the bus, in milliseconds; and in bytes one evidence
 * record, the two lines that Lambda itself writes for a call, and one line of the access log.
 */
export const assumed = {
  answerMs: 150,
  busMs: 20,
  evidenceBytes: 1_000,
  lambdaLinesBytes: 600,
  accessLineBytes: 500,
} as const;

export const gbSeconds = (memoryMb: number, durationMs: number): number => (memoryMb / 1_024) * (durationMs / 1_000);

const logsOfMillion = (bytes: number): number => ((1_000_000 * bytes) / 1e9) * prices.logGb;

/** Dollars that a million calls cost beside {@link costPerMillion}. */
export const costBeside = {
  /** Below a call a second nearly every one is traced, above it one in twenty. */
  traces: { most: prices.millionTraces, least: prices.millionTraces / 20 },
  lambdaLines: logsOfMillion(assumed.lambdaLinesBytes),
  accessLog: logsOfMillion(assumed.accessLineBytes),
} as const;

export type LogoutCost = { readonly lambda: number; readonly withoutReads: number; readonly total: number };

/**
 * Dollars per million logouts over HTTPS: Lambda alone; with API, outcome event and evidence record; and with a secret read each.
 *
 * @param durationMs billed for one call
 */
export const costPerMillion = (memoryMb: number, durationMs: number): LogoutCost => {
  const million = 1_000_000;
  const lambda = prices.millionRequests + million * gbSeconds(memoryMb, durationMs) * prices.gbSecondArm;
  const logs = logsOfMillion(assumed.evidenceBytes);
  const withoutReads = lambda + prices.millionHttpApiCalls + prices.millionEvents + logs;
  return { lambda, withoutReads, total: withoutReads + prices.millionSecretReads };
};

/** Memory of the functions `run` and `watch` by default. */
export const runMemoryMb = 512;

/** Dollars for so many instances logged out in each of so many nights, in runs as measured. */
export const costOfNights = (run: FleetRun, instances = 10_000, nights = 30) => {
  const runs = (instances / run.instances) * nights;
  const logouts = instances * nights;
  const parts = {
    durableOperations: ((runs * run.operations) / 1e6) * prices.millionDurableOperations,
    durableData: ((runs * run.writtenBytes) / 1e9) * prices.durableGbWritten,
    lambda: runs * gbSeconds(runMemoryMb, run.seconds * 1_000) * prices.gbSecondArm,
    // Its value, and its tags once more before the logout.
    secretReads: ((logouts * 2) / 1e6) * prices.millionSecretReads,
    events: (logouts / 1e6) * prices.millionEvents,
    logs: ((logouts * assumed.evidenceBytes) / 1e9) * prices.logGb,
  };
  return {
    ...parts,
    withoutSecrets: Object.values(parts).reduce((sum, part) => sum + part, 0),
    secrets: instances * prices.secretAndMonth,
  };
};
