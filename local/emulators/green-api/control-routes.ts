import * as v from 'valibot';
import { type Answer, json } from './answer.ts';
import { faultNames, faults } from './faults.ts';
import type { World } from './instances.ts';
import { methodNames } from './methods.ts';

const faultBody = v.strictObject({
  fault: v.picklist(faultNames),
  method: v.exactOptional(v.picklist(methodNames)),
  times: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  delayMs: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))),
  location: v.exactOptional(v.pipe(v.string(), v.url())),
});

const stateBody = v.strictObject({ stateInstance: v.nullable(v.string()) });

/** `body` is the text that came; `idInstance` is one that exists, or empty where the route names none. */
export type ControlRoute = (world: World, idInstance: string, body: string) => Answer;

export const controlRoutes: Readonly<Record<string, ControlRoute>> = {
  'GET /stand-in/faults': () =>
    json(200, Object.fromEntries(Object.entries(faults).map(([name, { about }]) => [name, about]))),

  'GET /stand-in/instances': (world) => json(200, { instances: world.ids().map((id) => describe(world, id)) }),

  'GET /stand-in/instances/{id}': (world, id) => json(200, describe(world, id)),

  'PUT /stand-in/instances/{id}/state': (world, id, body) =>
    checked(stateBody, body, ({ stateInstance }) => {
      world.setState(id, stateInstance);
      return describe(world, id);
    }),

  'PUT /stand-in/instances/{id}/fault': (world, id, body) =>
    checked(faultBody, body, ({ fault, ...options }) => {
      world.setFault(id, fault, options);
      return describe(world, id);
    }),

  'DELETE /stand-in/instances/{id}/fault': (world, id) => {
    world.setFault(id, undefined);
    return json(200, describe(world, id));
  },

  'GET /stand-in/calls': (world) => json(200, summarize(world)),

  'DELETE /stand-in/calls': (world) => {
    world.clearCalls();
    return json(200, summarize(world));
  },
};

const describe = (world: World, idInstance: string) => ({
  idInstance,
  stateInstance: world.stateOf(idInstance),
  faults: world.faultsOf(idInstance),
});

const summarize = (world: World) => {
  const byMethod: Record<string, number> = {};
  for (const { method } of world.calls()) byMethod[method] = (byMethod[method] ?? 0) + 1;
  return { total: world.calls().length, violations: world.violations(), byMethod, latest: world.calls().slice(-20) };
};

const checked = <S extends v.GenericSchema>(schema: S, body: string, act: (input: v.InferOutput<S>) => unknown) => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), body);
  if (parsed.success) return json(200, act(parsed.output));
  const message = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`).join('; ');
  return json(400, { message });
};
