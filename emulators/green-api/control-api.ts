import * as v from 'valibot';
import { type Handle, readBody } from '../../loopback/loopback-server.ts';
import type { Account } from './account.ts';
import { faultNames, faults } from './faults.ts';
import { methodNames } from './instance.ts';
import { type Answer, json, send } from './responses.ts';

const faultBody = v.strictObject({
  fault: v.picklist(faultNames),
  method: v.exactOptional(v.picklist(methodNames)),
  times: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  delayMs: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))),
  location: v.exactOptional(v.pipe(v.string(), v.url())),
});

const stateBody = v.strictObject({
  stateInstance: v.nullable(v.string()),
  /** A logout is accepted and does not change the state. */
  survivesLogout: v.exactOptional(v.boolean()),
});

/** `body` is the text that came; `idInstance` is one that exists, or empty where the route names none. */
type ControlRoute = (account: Account, idInstance: string, body: string) => Answer;

const routes: Readonly<Record<string, ControlRoute>> = {
  'GET /emulator/faults': () =>
    json(200, Object.fromEntries(Object.entries(faults).map(([name, { about }]) => [name, about]))),

  'GET /emulator/instances': (account) => json(200, { instances: account.ids().map((id) => describe(account, id)) }),

  'GET /emulator/instances/{id}': (account, id) => json(200, describe(account, id)),

  'PUT /emulator/instances/{id}/state': (account, id, body) =>
    checked(stateBody, body, ({ stateInstance, survivesLogout }) => {
      account.setState(id, stateInstance, survivesLogout);
      return describe(account, id);
    }),

  'PUT /emulator/instances/{id}/fault': (account, id, body) =>
    checked(faultBody, body, ({ fault, ...options }) => {
      account.setFault(id, fault, options);
      return describe(account, id);
    }),

  'DELETE /emulator/instances/{id}/fault': (account, id) => {
    account.setFault(id, undefined);
    return json(200, describe(account, id));
  },

  'GET /emulator/calls': (account) => json(200, summarize(account)),

  'DELETE /emulator/calls': (account) => {
    account.clearCalls();
    return json(200, summarize(account));
  },
};

const describe = (account: Account, idInstance: string) => ({
  idInstance,
  stateInstance: account.stateOf(idInstance),
  faults: account.faultsOf(idInstance),
});

const summarize = ({ calls, violations }: Account) => {
  const byMethod: Record<string, number> = {};
  for (const { method } of calls) byMethod[method] = (byMethod[method] ?? 0) + 1;
  return { total: calls.length, violations, byMethod, latest: calls.slice(-20) };
};

const checked = <S extends v.GenericSchema>(schema: S, body: string, act: (input: v.InferOutput<S>) => unknown) => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), body);
  if (parsed.success) return json(200, act(parsed.output));
  const message = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`).join('; ');
  return json(400, { message });
};

const maxBodyBytes = 64 * 1024;

/** Answers `/emulator/…`: what a curious user, or another process, may see and set. Never a token. */
export const createControlApi =
  (account: Account): Handle =>
  async (request, response) => {
    const body = await readBody(request, maxBodyBytes);
    const refuse = (status: number, message: string) => send(response, json(status, { message }));
    const pathname = request.url?.split('?')[0] ?? '';
    const id = /^\/emulator\/instances\/([^/]+)/.exec(pathname)?.[1];
    const route = routes[`${request.method} ${pathname.replace(/(?<=^\/emulator\/instances\/)[^/]+/, '{id}')}`];

    if (!route) return refuse(404, `there are: ${Object.keys(routes).join(', ')}`);
    if (id !== undefined && !account.has(id))
      return refuse(404, 'no such instance; GET /emulator/instances lists them');
    if (body === undefined) return refuse(413, `a body may have at most ${maxBodyBytes} bytes`);
    send(response, route(account, id ?? '', body));
  };
