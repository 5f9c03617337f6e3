import { join } from 'node:path';
import { callerRoutes, routes } from '../../functions/http/routes.ts';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import type { EventFunction } from './deliver.ts';
import type { GatewayOptions, HttpHandler } from './gateway.ts';

/** The schedule function, as EventBridge Scheduler calls it. */
export type ScheduleFunction = (input: object, context: object) => Promise<{ readonly run: string }>;

export type Functions = {
  readonly http: GatewayOptions['functions'];
  readonly schedule: ScheduleFunction;
  readonly offboarding: EventFunction;
};

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** Loads a bundle that is deployed, as Lambda loads it: its environment has to be there before. */
const parseHandler = async (functionName: string): Promise<Handler> =>
  (await import(join(distFolder, functionName, 'index.mjs'))).handler;

/** @param refresh called before each event: credentials may have been renewed */
export const loadHandlers = async (refresh: () => Promise<void>): Promise<Functions> => {
  const load = async <ServiceFunction>(functionName: string): Promise<ServiceFunction> => {
    const handler = await parseHandler(functionName);
    return (async (event: unknown, context: unknown) => {
      await refresh();
      return handler(event, context);
    }) as ServiceFunction;
  };
  const names = [...new Set([...routes, ...callerRoutes].map((route) => route.function))];
  const http = await Promise.all(
    names.map(async (functionName) => [functionName, await load<HttpHandler>(functionName)] as const),
  );
  return {
    http: Object.fromEntries(http) as Functions['http'],
    schedule: await load<ScheduleFunction>('schedule'),
    offboarding: await load<EventFunction>('offboarding'),
  };
};
