import { join } from 'node:path';
import { type Route, routes } from '../../functions/http/routes.ts';
import { distFolder } from '../../infra/bundling/bundling.ts';
import type { EventDoor } from './deliver.ts';
import type { GatewayOptions, HttpDoor } from './gateway.ts';

/** The schedule door, as EventBridge Scheduler calls it. */
export type ScheduleDoor = (input: object, context: object) => Promise<{ readonly run: string }>;

export type Doors = {
  readonly http: GatewayOptions['doors'];
  readonly schedule: ScheduleDoor;
  readonly offboarding: EventDoor;
};

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** Loads a bundle that is deployed, as Lambda loads it: its environment has to be there before. */
const parseHandler = async (door: string): Promise<Handler> =>
  (await import(join(distFolder, door, 'index.mjs'))).handler;

/** @param refresh called before each event: credentials may have been renewed */
export const loadDoors = async (refresh: () => Promise<void>): Promise<Doors> => {
  const load = async <Door>(door: string): Promise<Door> => {
    const handler = await parseHandler(door);
    return (async (event: unknown, context: unknown) => {
      await refresh();
      return handler(event, context);
    }) as Door;
  };
  const names = [...new Set(routes.map(({ door }) => door))];
  const http = await Promise.all(names.map(async (door) => [door, await load<HttpDoor>(door)] as const));
  return {
    http: Object.fromEntries(http) as Record<Route['door'], HttpDoor>,
    schedule: await load<ScheduleDoor>('schedule'),
    offboarding: await load<EventDoor>('offboarding'),
  };
};
