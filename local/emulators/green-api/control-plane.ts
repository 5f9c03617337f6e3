import type { Handle } from '../loopback-server.ts';
import { readBody } from '../read-body.ts';
import { json, send } from './answer.ts';
import { controlRoutes } from './control-routes.ts';
import type { Setup } from './instances.ts';

const maxBodyBytes = 64 * 1024;

/** Answers `/emulator/…`: what a curious user, or another process, may see and set. Never a token. */
export const createControlPlane =
  (world: Setup): Handle =>
  async (request, response) => {
    const body = await readBody(request, maxBodyBytes);
    const refuse = (status: number, message: string) => send(response, json(status, { message }));
    const pathname = request.url?.split('?')[0] ?? '';
    const id = /^\/emulator\/instances\/([^/]+)/.exec(pathname)?.[1];
    const route = controlRoutes[`${request.method} ${pathname.replace(/(?<=^\/emulator\/instances\/)[^/]+/, '{id}')}`];

    if (!route) return refuse(404, `there are: ${Object.keys(controlRoutes).join(', ')}`);
    if (id !== undefined && !world.has(id)) return refuse(404, 'no such instance; GET /emulator/instances lists them');
    if (body === undefined) return refuse(413, `a body may have at most ${maxBodyBytes} bytes`);
    send(response, route(world, id ?? '', body));
  };
