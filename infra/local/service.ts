import { join } from 'node:path';
import { callingEnvironment } from '../aws/door-environment.ts';
import { distFolder } from '../bundling.ts';
import { readConfiguration } from '../configuration.ts';
import { type Route, routes } from '../routes.ts';
import { checkAwsVariables, createReadAwsVariables } from './aws-account.ts';
import { createGateway, type GatewayOptions, type HttpDoor } from './gateway.ts';
import { startLoopbackServer } from './loopback-server.ts';
import { CannotStart, type Options } from './options.ts';
import { startStandIns } from './stand-ins.ts';

export type Service = AsyncDisposable & {
  readonly url: string;
  /** The stand-in for GREEN-API; missing: the real one is called. */
  readonly greenApiUrl?: string;
};

type Surroundings = {
  readonly variables: Readonly<Record<string, string>>;
  readonly refresh: () => Promise<void>;
  readonly greenApiUrl?: string;
};

const doorNames = [...new Set(routes.map(({ door }) => door))];

/** The bundles that are deployed, loaded as Lambda loads them: their environment has to be there before. */
const loadDoors = async (refresh: () => Promise<void>): Promise<GatewayOptions['doors']> => {
  const loaded = doorNames.map(async (door): Promise<[Route['door'], HttpDoor]> => {
    const { handler } = await import(join(distFolder, door, 'index.mjs'));
    return [door, (event, context) => refresh().then(() => handler(event, context))];
  });
  return Object.fromEntries(await Promise.all(loaded)) as GatewayOptions['doors'];
};

const startSurroundings = async (
  secrets: Options['secrets'],
  secretPrefix: string,
  stack: AsyncDisposableStack,
): Promise<Surroundings> => {
  if (secrets === 'stand-in') {
    const standIns = stack.use(await startStandIns(secretPrefix));
    return { ...standIns, refresh: async () => {} };
  }
  const readAwsVariables = createReadAwsVariables();
  const variables = await checkAwsVariables(readAwsVariables);
  return { variables, refresh: async () => void Object.assign(process.env, await readAwsVariables()) };
};

const nameTakenPort =
  (port: number) =>
  (error: unknown): never => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new CannotStart(`port ${port} is taken: choose another, for example PORT=${port + 1} npm start`);
    throw error;
  };

/** Starts the HTTP API around the built doors, and the stand-ins they need. @throws {@link CannotStart} */
export const startService = async ({ port, secrets }: Options): Promise<Service> => {
  await using starting = new AsyncDisposableStack();
  const environment = { ...callingEnvironment(readConfiguration()), ...process.env };
  const surroundings = await startSurroundings(secrets, environment.SECRET_PREFIX ?? '', starting);
  Object.assign(process.env, environment, surroundings.variables);

  const gateway = createGateway({ routes, doors: await loadDoors(surroundings.refresh) });
  const server = starting.use(await startLoopbackServer(gateway, { port }).catch(nameTakenPort(port)));
  const running = starting.move();
  return {
    url: server.url,
    ...(surroundings.greenApiUrl !== undefined && { greenApiUrl: surroundings.greenApiUrl }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
};
