import { join } from 'node:path';
import type { RunRequest } from '../../../functions/runs/request.ts';
import { parseSummary } from '../../../functions/runs/summary.ts';
import { distFolder } from '../../../infra/bundling/dist-folder.ts';
import { startHarness } from '../../support/lambda/harness.ts';

const fiveMinutesMs = 5 * 60_000;

/** The built `run` bundle in a process of its own, behind the local Lambda. */
export const startRuns = async (variables: Readonly<Record<string, string>>) => {
  const bundle = join(distFolder, 'run', 'index.mjs');
  const environment = () => variables;
  const harness = await startHarness({
    functions: { run: { bundle, environment, executionTimeoutMs: fiveMinutesMs } },
  });

  const logOutAll = async (request: Pick<RunRequest, 'target'> & Partial<RunRequest>) => {
    const arn = await harness.start({
      reason: 'load',
      requestedBy: 'arn:aws:iam::111122223333:role/SecurityDesk AROAEXAMPLEID',
      source: 'api',
      expiresAt: new Date(Date.now() + fiveMinutesMs).toISOString(),
      maxTargets: 3_000,
      ...request,
    });
    const { Status: status, Result, Error: error } = await harness.ended(arn);
    const results = parseSummary(Result ?? error?.ErrorData);
    if (results === undefined) throw new Error(`the run ended ${status} without a summary: ${error?.ErrorMessage}`);
    return { status, ...results };
  };
  return { ...harness, logOutAll };
};
