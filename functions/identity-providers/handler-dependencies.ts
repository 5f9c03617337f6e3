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
import { type IdentityProvider, readIdentityProviders } from './identity-providers.ts';
import { createLeaverLimit } from './leaver-limit.ts';
import { createProviderMetrics, type ProviderMetrics } from './provider-metrics.ts';
import { createStartOffboarding, type StartOffboarding } from './start-offboarding.ts';

export type ProviderHandlerDependencies = {
  /** Those of the kinds that the function answers. */
  readonly providers: readonly IdentityProvider[];
  readonly startOffboarding: StartOffboarding;
  readonly readOwners: ReadOwners;
  readonly metrics: ProviderMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
};

/** The clients of AWS. A test of something else than their time limits may bring some without. */
type Clients = {
  readonly lambda: ReturnType<typeof createLambda>;
  readonly secretsManager: ReturnType<typeof createSecretsManager>;
};

export const composeProviderHandler = (
  variables: Variables,
  write: Write,
  { lambda = createLambda(), secretsManager = createSecretsManager() }: Partial<Clients> = {},
): ProviderHandlerDependencies => {
  const settings = { ...listingSettings, copies: copiesSetting, maxTargets: offboardingMaxTargets };
  const { copies, maxTargets, ...listing } = parseVariables(settings, variables);
  const { runFunction, runQualifier, stack, ...limits } = readStartingEnvironment(variables);
  const log = createLog(write);
  const metrics = createProviderMetrics(log, stack, Date.now);
  const listInstances = createListInstances({ client: secretsManager, ...listing });
  const { readOwners, lastOwners } = createReadOwners(listInstances, Date.now);
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
  return {
    providers: readIdentityProviders(variables),
    startOffboarding,
    readOwners,
    metrics,
    now: Date.now,
    log,
  };
};
