import { join, resolve } from 'node:path';
import { createConsoleHandler } from '../../console/server/console-handler.ts';
import { readConsolePage } from '../../console/server/console-page.ts';
import { isForeignToConsole } from '../../console/server/foreign-request.ts';
import { createStartToken } from '../../console/server/start-token.ts';
import { startEventBus } from '../../emulators/eventbridge/event-bus.ts';
import type { DelayQueue } from '../../emulators/sqs/delay-queue.ts';
import { deskRoutes, routes } from '../../functions/http/routes.ts';
import { writeVariables } from '../../functions/platform/environment.ts';
import {
  callingSettings,
  offboardingSettings,
  providerSettings,
  readEnvironment,
  runFunction,
  runQualifier,
  startingSettings,
  warmingSettings,
} from '../../functions/platform/settings.ts';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import { type Configuration, contextKey, parseConfiguration } from '../../infra/configuration/configuration.ts';
import { readConfiguration, readNamedContext } from '../../infra/configuration/configuration-file.ts';
import { routesOfProviders } from '../../infra/configuration/identity-providers.ts';
import { upcomingFirings } from '../../infra/configuration/schedules/upcoming-firings.ts';
import { valuesOf } from '../../infra/constructs/function-environment.ts';
import { type Handle, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { createDrain } from './drain.ts';
import { type CallFunction, startFunctions } from './functions.ts';
import { createGateway } from './gateway.ts';
import { bypassConsole, findProviders, type LocalProviders } from './identity-providers.ts';
import { createDescribeEvent } from './notifications.ts';
import { type Options, refusePort } from './options.ts';
import { checkEvidenceFile, createTakeLine, type Print } from './output.ts';
import { createOwnRoutes } from './own-routes.ts';
import { prepareBundles } from './prepare-bundles.ts';
import { createDeliver, createMatchRules, createSecondLook } from './rules.ts';
import { checkJournal, startRuns } from './runs.ts';
import { keepSchedules } from './scheduler.ts';
import { findSecrets } from './secrets.ts';

export type Service = Awaited<ReturnType<typeof startService>>;

/** What the deployed functions read of the configuration, with the local names of the bus and the run function. */
const localSettings = { ...callingSettings, ...warmingSettings, ...offboardingSettings, ...startingSettings };
const localNames = { eventBus: 'local', runFunction: runFunction.default, runQualifier: runQualifier.default };

/** A user who set the variable has the real service, or an emulator of their own. */
const unlessSet = async (
  name: string,
  start: () => Promise<{ readonly url: string } & AsyncDisposable>,
  stack: AsyncDisposableStack,
) => {
  if (!process.env[name]) process.env[name] = stack.use(await start()).url;
};

const adviceOn = (port: number): string => `, for example PORT=${port < 65_535 ? port + 1 : 3_000} npm start`;

/** The functions need the emulators, and the emulator of Secrets Manager calls one of the functions. */
const createLateCall = () => {
  const loaded = Promise.withResolvers<CallFunction>();
  const call: CallFunction = async (functionName, event) => (await loaded.promise)(functionName, event);
  return { call, resolve: loaded.resolve };
};

/** Starts what the functions call, and then the functions. What is slow comes after what can be refused at once. */
const startBackend = async (
  options: Options,
  configuration: Configuration,
  print: Print,
  stack: AsyncDisposableStack,
) => {
  print(options.secrets === 'aws' ? 'Looking for AWS credentials\n' : 'Starting the emulators\n');
  const onLine = createTakeLine(options.evidence, print);
  const rotation = createLateCall();
  const { variables, refresh, ...emulated } = await findSecrets(options, rotation.call, stack);
  Object.assign(process.env, variables);
  const describeEvent = createDescribeEvent(configuration);
  await unlessSet('AWS_ENDPOINT_URL_EVENTBRIDGE', () => startEventBus((event) => print(describeEvent(event))), stack);
  if (!process.env.AWS_ENDPOINT_URL_LAMBDA) checkJournal(options.journal);
  checkEvidenceFile(options.evidence);
  readEnvironment(process.env);
  await prepareBundles(options.build, print);
  print('Loading the functions\n');
  await unlessSet('AWS_ENDPOINT_URL_LAMBDA', () => startRuns(options, print, onLine), stack);
  const { call } = stack.use(await startFunctions({ refresh, onLine }));
  rotation.resolve(call);
  return { call, ...emulated };
};

/** Imported only when there is a desk: its OpenID provider is 300 files. */
const startDesk = async (url: string) => (await import('./demo-desk.ts')).startDemoDesk(url);

/** The routes of the API, of events and schedules, and of the console, around the functions. `signal` ends the schedules. */
const createHandle = (
  { schedules, offboarding }: Configuration,
  { call, greenApiUrl, awsVariables }: Awaited<ReturnType<typeof startBackend>>,
  localProviders: LocalProviders,
  desk: Awaited<ReturnType<typeof startDesk>> | undefined,
  startToken: string | undefined,
  secondLook: DelayQueue,
  signal: AbortSignal,
): Handle => {
  const providers = [...routesOfProviders(localProviders.identityProviders), ...(desk ? deskRoutes : [])];
  const allRoutes = [...routes, ...providers];
  const gateway = createGateway({ routes: allRoutes, authorize: desk?.authorize, call });
  const fire = keepSchedules(schedules, call, signal);
  const deliver = createDeliver(createMatchRules(offboarding), call, secondLook);
  const emulators = awsVariables && {
    secretsManager: awsVariables.AWS_ENDPOINT_URL_SECRETS_MANAGER,
    greenApi: greenApiUrl,
    secretPrefix: process.env.SECRET_PREFIX ?? '',
  };
  const consoleAndOwn = createConsoleHandler(
    {
      page: readConsolePage(join(distFolder, 'console')),
      startToken,
      service: emulators ? 'Local service with emulators' : 'Local service with real secrets',
      real: emulators === undefined,
      readSchedules: () => upcomingFirings(schedules, new Date()),
      emulatorUrl: greenApiUrl && `${greenApiUrl}/emulator`,
    },
    createOwnRoutes({ deliver, fire, emulators, routes: allRoutes }, gateway),
  );
  return bypassConsole(providers, gateway, consoleAndOwn);
};

const setEnvironment = (configuration: Configuration, { identityProviders }: LocalProviders) => {
  const values = valuesOf({ ...configuration, identityProviders, name: configuration.stackName });
  const configured = writeVariables(localSettings, { ...values, ...localNames });
  const ofProviders = writeVariables(providerSettings, { ...values, copies: 1 });
  Object.assign(process.env, { ...configured, ...process.env, ...ofProviders });
};

/** Starts the HTTP API around the functions, and the emulators they need; prints each step. @throws CannotStart */
export const startService = async (options: Options, print: Print) => {
  const { port, secrets } = options;
  await using starting = new AsyncDisposableStack();
  // The port first: a service that cannot have it must not go on with the runs of the one that has it.
  const ready = Promise.withResolvers<Handle>();
  const { handle, drain, inProgress } = createDrain(async (...call) => (await ready.promise)(...call));
  const listening = startLoopbackServer(handle, { port, isForeign: isForeignToConsole });
  const { url } = starting.use(await listening.catch(refusePort(port, adviceOn(port))));

  const configuration =
    options.configuration === undefined
      ? readConfiguration()
      : parseConfiguration(readNamedContext(options.configuration)[contextKey]);
  const providers = findProviders(configuration);
  setEnvironment(configuration, providers);
  const desk = options.desk ? starting.use(await startDesk(url)) : undefined;
  Object.assign(process.env, desk?.variables);
  const backend = await startBackend(options, configuration, print, starting);
  const startToken = secrets === 'aws' ? createStartToken() : undefined;
  const stopping = new AbortController();
  starting.defer(() => stopping.abort());
  const secondLook = starting.use(createSecondLook(backend.call, options.timeScale, print));
  ready.resolve(createHandle(configuration, backend, providers, desk, startToken, secondLook, stopping.signal));

  const running = starting.move();
  return {
    url,
    demoTokens: providers.demoTokens,
    /** The demo provider that people sign in at, if there is a desk. */
    deskIssuer: desk?.issuer,
    /** Absolute path of the file that evidence is appended to. */
    evidenceFile: resolve(options.evidence),
    /** What every call must carry when logouts are real. */
    startToken,
    drain,
    inProgress,
    greenApiUrl: backend.greenApiUrl,
    awsVariables: backend.awsVariables,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
};
