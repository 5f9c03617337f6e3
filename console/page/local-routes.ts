import * as v from 'valibot';
import { capabilities } from '../../functions/http/routes.ts';
import { api } from './api.ts';
import { desk } from './sign-in/desk.ts';

const consoleSchema = v.object({
  /** What the calls of this page reach, in words. */
  service: v.string(),
  /** Whether a logout ends a real session. */
  real: v.boolean(),
  features: v.array(v.string()),
  /** Of the desk: who is signed in, what the service allows them, and sentences about the rest. */
  person: v.optional(v.object({ subject: v.string(), name: v.optional(v.string()), email: v.optional(v.string()) })),
  allowed: v.optional(v.array(v.picklist(capabilities))),
  missing: v.optional(v.array(v.string())),
});

const scheduleSchema = v.object({
  name: v.string(),
  expression: v.string(),
  timeZone: v.string(),
  target: v.string(),
  reason: v.string(),
  dryRun: v.boolean(),
  firings: v.array(v.string()),
});

const emulatedSchema = v.object({
  idInstance: v.string(),
  stateInstance: v.nullable(v.string()),
  faults: v.array(v.object({ fault: v.string(), method: v.optional(v.string()), times: v.optional(v.number()) })),
});

export type ConsoleInfo = v.InferOutput<typeof consoleSchema>;
export type Schedule = v.InferOutput<typeof scheduleSchema>;
export type EmulatedInstance = v.InferOutput<typeof emulatedSchema>;

export const readConsoleInfo = (signal: AbortSignal) =>
  api.call(consoleSchema, { path: desk ? '/session' : '/local/console', signal });

export const readSchedules = (signal: AbortSignal) =>
  api.call(v.object({ schedules: v.array(scheduleSchema) }), { path: '/local/schedules', signal });

/** Every fault the GREEN-API emulator knows: name and description. */
export const listFaults = (signal: AbortSignal) =>
  api.call(v.record(v.string(), v.string()), { path: '/local/faults', signal });

export const listEmulated = (signal: AbortSignal) =>
  api.call(v.object({ instances: v.array(emulatedSchema) }), { path: '/local/instances', signal });

export const setFault = (idInstance: string, fault: string) =>
  api.call(emulatedSchema, { path: `/local/instances/${idInstance}/fault`, method: 'PUT', body: { fault } });

export const clearFaults = (idInstance: string) =>
  api.call(emulatedSchema, { path: `/local/instances/${idInstance}/fault`, method: 'DELETE' });

/** Links the instance again, as somebody with a phone would. */
export const linkAgain = (idInstance: string) =>
  api.call(emulatedSchema, {
    path: `/local/instances/${idInstance}/state`,
    method: 'PUT',
    body: { stateInstance: 'authorized' },
  });
