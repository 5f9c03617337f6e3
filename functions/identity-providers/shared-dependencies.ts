import { createListInstances } from '../instances/directory.ts';
import { createReadOwners, type ReadOwners } from '../instances/read-owners.ts';
import { createLambda, createSecretsManager } from '../platform/aws-clients.ts';
import { parseVariables, type Variables } from '../platform/environment.ts';
import { createLog, type Log, type Write } from '../platform/log.ts';
import {
  copies as copiesSetting,
  listingSettings,
  offboardingMaxTargets,
  readStartingEnvironment,
} from '../platform/settings.ts';
import { createFindRunOnce } from '../runs/lambda/find-run.ts';
import { createListCountedRuns } from '../runs/lambda/list-counted-runs.ts';
import { createStartRun } from '../runs/lambda/start-run.ts';
import { createLeaverLimit } from './leaver-limit.ts';
import { createProviderMetrics, type ProviderMetrics } from './provider-metrics.ts';
import { createStartOffboarding, type StartOffboarding } from './start-offboarding.ts';

/** The dependencies that `webhook` and `scim` share. */
export type SharedDependencies = {
  readonly startOffboarding: StartOffboarding;
  readonly readOwners: ReadOwners;
  readonly metrics: ProviderMetrics;
  readonly log: Log;
};

export const composeSharedDependencies = (variables: Variables, write: Write): SharedDependencies => {
  const { copies, ...listing } = parseVariables({ ...listingSettings, copies: copiesSetting }, variables);
  const { runFunction, runQualifier, stack, ...limits } = readStartingEnvironment(variables);
  const { maxTargets } = parseVariables({ maxTargets: offboardingMaxTargets }, variables);
  const lambda = createLambda();
  const log = createLog(write);
  const metrics = createProviderMetrics(log, stack, Date.now);
  const listInstances = createListInstances({ client: createSecretsManager(), ...listing });
  const { readOwners, lastOwners } = createReadOwners({ listInstances, now: Date.now });
  const startOffboarding = createStartOffboarding({
    startRun: createStartRun({ client: lambda, functionName: runFunction, qualifier: runQualifier }),
    limit: createLeaverLimit({
      listCountedRuns: createListCountedRuns({ client: lambda, functionName: runFunction }),
      copies,
      now: Date.now,
    }),
    findRun: createFindRunOnce({ client: lambda, functionName: runFunction }),
    lastOwners,
    metrics,
    log,
    stack,
    limits: { ...limits, maxTargets },
    now: Date.now,
  });
  return { startOffboarding, readOwners, metrics, log };
};
