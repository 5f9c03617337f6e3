import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { startGreenApi } from '../../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../../emulators/secrets-manager/emulator.ts';
import { awsVariables } from '../aws-environment.ts';
import { httpEventOf } from '../http-event.ts';
import { startHarness } from '../lambda/harness.ts';
import { createClient } from '../secrets-manager-client.ts';
import { bundleOf } from './bundle-of.ts';
import { type FunctionAnswer, startFunctions } from './functions.ts';
import { createKillProxies, type KillPoint } from './kill-proxy.ts';

const idInstance = '1101000001';
const SecretId = `green-api/${idInstance}`;
const firstToken = '0'.repeat(50);
const clientRequestToken = 'c'.repeat(36);
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

type Version = { readonly stages: readonly string[]; readonly token: string };

/** The versions of the secret that have a label. */
const readVersions = async (client: SecretsManagerClient): Promise<readonly Version[]> => {
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
  const read = Object.entries(VersionIdsToStages).map(async ([VersionId, stages]) => {
    const value = await client.send(new GetSecretValueCommand({ SecretId, VersionId })).catch(() => undefined);
    return { stages, token: JSON.parse(value?.SecretString ?? '{}').apiTokenInstance ?? '' };
  });
  return Promise.all(read);
};

/** Emulators for one instance, behind proxies that can kill the process that calls them. */
export const startCrashSetup = async () => {
  await using starting = new AsyncDisposableStack();
  const instance = { idInstance, apiTokenInstance: firstToken, logoutDelayMs: 0 };
  const greenApi = starting.use(await startGreenApi({ instances: [instance], enforceLimit: false }));
  const secretsManager = starting.use(await startSecretsManager());
  const proxies = createKillProxies();
  const toGreenApi = starting.use(await proxies.startProxy(greenApi.apiUrl));
  const toSecrets = starting.use(await proxies.startProxy(secretsManager.url));
  const secretString = JSON.stringify({ apiUrl: toGreenApi.url, apiTokenInstance: firstToken });
  secretsManager.put({ name: SecretId, secretString });
  const client = starting.adopt(createClient(secretsManager.url), (each) => each.destroy());
  const variables = {
    ALLOWED_API_HOSTS: new URL(toGreenApi.url).host,
    TOKEN_ROTATION: 'enabled',
    // Long, so that no answer is late on a busy machine.
    GREEN_API_TIMEOUT_MS: '20000',
    ...awsVariables({ secretsManager: toSecrets.url }),
  };
  const running = starting.move();
  return {
    greenApi,
    proxies,
    variables,
    facts: async () => {
      const versions = await readVersions(client);
      const liveToken = greenApi.tokenOf(idInstance);
      return {
        updates: greenApi.callsOf(idInstance, 'updateApiToken').length,
        isChanged: liveToken !== firstToken,
        isCurrent: versions.find(({ stages }) => stages.includes('AWSCURRENT'))?.token === liveToken,
        isKept: versions.some(({ token }) => token === liveToken),
        tokens: [firstToken, liveToken],
      };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
};

export type CrashSetup = Awaited<ReturnType<typeof startCrashSetup>>;

/** `reported` is the kind that was reported in the end, and `output` everything that was written. */
export type ScenarioResult = { readonly reported: string; readonly calls: number; readonly output: string };

/** Rotates the token, is killed at a point, and then continues as its callers would. */
export type Scenario = (setup: CrashSetup, point?: KillPoint) => Promise<ScenarioResult>;

type Call = (functions: ReturnType<typeof startFunctions>) => Promise<string>;

/** Calls a function in a process of its own. The result of a killed process is `killed`. */
const inProcess = async (
  { variables, proxies }: CrashSetup,
  call: Call,
  point?: KillPoint,
): Promise<ScenarioResult> => {
  await using functions = startFunctions(variables);
  const killed = Promise.withResolvers<string>();
  proxies.reset(point, async () => {
    await functions.end();
    killed.resolve('killed');
  });
  const reported = await Promise.race([call(functions), killed.promise]);
  const calls = proxies.calls();
  await functions.end();
  return { reported, calls, output: functions.output() };
};

const textOf = (answer: FunctionAnswer): string => JSON.stringify(answer);

const kindIn = (text: string): string =>
  /token-lost|not-rotated|credential-rejected/.exec(text)?.[0].replace('token-not', 'not') ?? 'rotated';

/** A single logout; after a crash the caller sends a logout again. */
export const afterLogout: Scenario = async (setup, point) => {
  const logOut = (body: object) => async (functions: Parameters<Call>[0]) => {
    const headers = { prefer: 'wait=10' };
    const event = httpEventOf({ pathParameters: { idInstance }, headers, body: JSON.stringify(body) });
    return textOf(await functions.call(bundleOf('logout'), event));
  };
  const first = await inProcess(setup, logOut({ rotateToken: true }), point);
  if (first.reported !== 'killed')
    return { ...first, reported: kindIn(first.reported), output: first.output + first.reported };
  const second = await inProcess(setup, logOut({}));
  const reported = second.reported.includes('credential-rejected') ? 'token-lost' : 'logged-out';
  return { reported, calls: first.calls, output: first.output + second.output + second.reported };
};

/** The rotation steps of Secrets Manager, which repeats them after a crash. */
export const bySecretsManager: Scenario = async (setup, point) => {
  const rotate: Call = async (functions) => {
    for (const Step of steps) {
      const event = { Step, SecretId, ClientRequestToken: clientRequestToken };
      const answer = await functions.call(bundleOf('rotate-token'), event, { remainingMs: 100_000 });
      if (answer.kind === 'threw') return textOf(answer);
    }
    return 'rotated';
  };
  const first = await inProcess(setup, rotate, point);
  const second = first.reported === 'killed' ? await inProcess(setup, rotate) : first;
  const output = first.output + second.output + second.reported;
  return { reported: kindIn(second.reported), calls: first.calls, output };
};

/** In a run the half minute before the old token is tested lasts two seconds. */
const timeScale = 15;

/** A run. Lambda repeats its step after a crash. */
export const inRun: Scenario = async (setup, point) => {
  const run = { bundle: bundleOf('run'), environment: () => setup.variables, executionTimeoutMs: 7_200_000 };
  await using lambda = await startHarness({ functions: { run: { ...run, timeScale } } });
  setup.proxies.reset(point, async () => {
    const calls = setup.proxies.calls();
    for (const pid of lambda.workers()) process.kill(pid, 'SIGKILL');
    // The next process is not killed.
    setup.proxies.reset();
    killedAt = calls;
  });
  let killedAt: number | undefined;
  const request = { target: { instances: [idInstance] }, reason: 'phone stolen', rotateToken: true };
  const expiresAt = new Date(Date.now() + 120_000 * timeScale).toISOString();
  const caller = { requestedBy: 'schedule nightly', source: 'schedule', maxTargets: 1 };
  const arn = await lambda.start({ ...request, ...caller, expiresAt });
  const execution = await lambda.ended(arn);
  const reported = execution.Result ?? JSON.stringify(execution.Error);
  const output = [reported, ...lambda.lines.items, JSON.stringify(lambda.events.items)].join('\n');
  return { reported: kindIn(reported), calls: killedAt ?? setup.proxies.calls(), output };
};
