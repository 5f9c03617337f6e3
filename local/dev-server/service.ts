import { isForeignToConsole } from '../../console/server/foreign-request.ts';
import { createStartToken } from '../../console/server/start-token.ts';
import { routes } from '../../functions/http/routes.ts';
import type { Configuration } from '../../infra/configuration/configuration.ts';
import { readConfiguration } from '../../infra/configuration/configuration-file.ts';
import {
  callersEnvironment,
  callingEnvironment,
  startingEnvironment,
  warmingEnvironment,
} from '../../infra/constructs/function-environment.ts';
import type { BusEvent } from '../emulators/eventbridge/event.ts';
import { startEventBus } from '../emulators/eventbridge/event-bus.ts';
import { type Handle, startLoopbackServer } from '../emulators/loopback-server.ts';
import { findCallers, type LocalCallers, passCallers, routesOfCallers } from './callers.ts';
import { serveConsole } from './console.ts';
import { createDeliver } from './deliver.ts';
import { loadHandlers } from './functions.ts';
import { createGateway } from './gateway.ts';
import { lambdaContext } from './lambda-context.ts';
import { CannotStart, type Options } from './options.ts';
import { createOwnRoutes } from './own-routes.ts';
import { createMatchRules } from './rules.ts';
import { startRuns } from './runs.ts';
import { keepSchedules } from './scheduler.ts';
import { findSecrets, type Secrets } from './secrets.ts';

export type Service = AsyncDisposable &
  Pick<Secrets, 'greenApiUrl'> & {
    readonly url: string;
    readonly demoTokens: LocalCallers['demoTokens'];
    /** What every call must carry when logouts are real. */
    readonly startToken: string | undefined;
  };

type Print = (text: string) => void;

/** All that the deployed functions find in their environments, under the names that things have here. */
const configuredVariables = (configuration: Configuration) => {
  const settings = { ...configuration, name: configuration.stackName };
  return {
    ...callingEnvironment(settings, 'local'),
    ...warmingEnvironment(settings),
    ...startingEnvironment(settings, 'green-api-logout-run', 'live'),
  };
};

const describeEvent = ({ source, detail, 'detail-type': detailType }: BusEvent): string =>
  `event ${JSON.stringify(detailType)} from ${JSON.stringify(source)}${typeof detail.idInstance === 'string' ? `: ${JSON.stringify(detail.idInstance)}` : ''}\n`;

/** A user who set the variable has the real thing, or a emulator of their own. */
const unlessSet = async (
  name: string,
  start: () => Promise<{ readonly url: string } & AsyncDisposable>,
  stack: AsyncDisposableStack,
) => {
  if (!process.env[name]) process.env[name] = stack.use(await start()).url;
};

const nameTakenPort =
  (port: number) =>
  (error: unknown): never => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new CannotStart(`port ${port} is taken: choose another, for example PORT=${port + 1} npm start`);
    throw error;
  };

/** Starts the HTTP API around the built functions, and the emulators they need. @throws {@link CannotStart} */
export const startService = async (options: Options, print: Print): Promise<Service> => {
  const { port, secrets, journal } = options;
  await using starting = new AsyncDisposableStack();
  // The port first: who cannot have it must not carry on the runs of the service that has.
  const ready = Promise.withResolvers<Handle>();
  const answer: Handle = async (request, response) => (await ready.promise)(request, response);
  const server = starting.use(
    await startLoopbackServer(answer, { port, isForeign: isForeignToConsole }).catch(nameTakenPort(port)),
  );

  const configuration = readConfiguration(options.configuration);
  const { identityProviders, demoTokens } = findCallers(configuration);
  Object.assign(process.env, {
    ...configuredVariables(configuration),
    ...process.env,
    ...callersEnvironment(identityProviders),
  });
  const { variables, refresh, greenApiUrl } = await findSecrets(secrets, starting);
  Object.assign(process.env, variables);
  await unlessSet(
    'AWS_ENDPOINT_URL_EVENTBRIDGE',
    () => startEventBus((event) => print(describeEvent(event))),
    starting,
  );
  await unlessSet('AWS_ENDPOINT_URL_LAMBDA', () => startRuns(journal, print), starting);

  const functions = await loadHandlers(refresh);
  const stopping = new AbortController();
  starting.defer(() => stopping.abort());
  const fire = keepSchedules(configuration.schedules, functions.schedule, stopping.signal);
  const matchRules = createMatchRules(configuration.offboarding);
  const deliver = createDeliver(matchRules, functions.offboarding, () => lambdaContext('offboarding', 29_000));
  const callers = routesOfCallers(identityProviders);
  const gateway = createGateway({ routes: [...routes, ...callers], functions: functions.http });
  const startToken = secrets === 'aws' ? createStartToken() : undefined;
  const { schedules } = configuration;
  const consoleAndApi = serveConsole(
    { schedules, greenApiUrl, startToken },
    createOwnRoutes({ deliver, fire }, gateway),
  );
  ready.resolve(passCallers(callers, gateway, consoleAndApi));
  const running = starting.move();
  return {
    url: server.url,
    demoTokens,
    startToken,
    ...(greenApiUrl !== undefined && { greenApiUrl }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
};
