import * as v from 'valibot';
import { type Answer, json } from './answer.ts';
import { faultNames, faults } from './faults.ts';
import type { Setup } from './instances.ts';
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
export type ControlRoute = (world: Setup, idInstance: string, body: string) => Answer;

export const controlRoutes: Readonly<Record<string, ControlRoute>> = {
  'GET /emulator/faults': () =>
    json(200, Object.fromEntries(Object.entries(faults).map(([name, { about }]) => [name, about]))),

  'GET /emulator/instances': (world) => json(200, { instances: world.ids().map((id) => describe(world, id)) }),

  'GET /emulator/instances/{id}': (world, id) => json(200, describe(world, id)),

  'PUT /emulator/instances/{id}/state': (world, id, body) =>
    checked(stateBody, body, ({ stateInstance }) => {
      world.setState(id, stateInstance);
      return describe(world, id);
    }),

  'PUT /emulator/instances/{id}/fault': (world, id, body) =>
    checked(faultBody, body, ({ fault, ...options }) => {
      world.setFault(id, fault, options);
      return describe(world, id);
    }),

  'DELETE /emulator/instances/{id}/fault': (world, id) => {
    world.setFault(id, undefined);
    return json(200, describe(world, id));
  },

  'GET /emulator/calls': (world) => json(200, summarize(world)),

  'DELETE /emulator/calls': (world) => {
    world.clearCalls();
    return json(200, summarize(world));
  },
};

const describe = (world: Setup, idInstance: string) => ({
  idInstance,
  stateInstance: world.stateOf(idInstance),
  faults: world.faultsOf(idInstance),
});

const summarize = (world: Setup) => {
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
