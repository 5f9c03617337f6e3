import { setTimeout as sleep } from 'node:timers/promises';
import { type Instance, instancePageSchema, stateSchema } from '../../client/answers.ts';
import { CommandFailed, orFailure } from '../errors.ts';
import type { Api, ApiAnswer } from './api.ts';
import { nextPage } from './next-page.ts';
import { describeProblem, readAnswer } from './problem.ts';

export type InstanceFilter = { readonly owner?: string | undefined; readonly group?: string | undefined };

/** Reads all pages of `GET /instances`. */
export const listInstances = async (api: Api, filter: InstanceFilter = {}): Promise<readonly Instance[]> => {
  const found: Instance[] = [];
  let next: string | undefined;
  do {
    const page = readAnswer(await api.send('GET', '/instances', { query: { ...filter, next } }), instancePageSchema);
    found.push(...page.instances);
    next = nextPage(page, next);
  } while (next !== undefined);
  return found;
};

export type StateReading =
  | {
      readonly kind: 'read';
      readonly stateInstance: string;
      readonly readAt: string;
      readonly body: unknown;
    }
  /** `body` is the problem that the API answered, if anything answered. */
  | { readonly kind: 'failed'; readonly problem: string; readonly body?: unknown };

/** GREEN-API allows one reading a second for each instance, and a run that confirms a logout takes its share. */
const mostReadings = 3;
const pauseMs = 2_000;

/** Sends it again after each 429. */
const sendPatiently = async (send: () => Promise<ApiAnswer>): Promise<ApiAnswer> => {
  for (let reading = 1; ; reading += 1) {
    const answer = await send();
    if (answer.status !== 429 || reading === mostReadings) return answer;
    await sleep(pauseMs);
  }
};

/** `GET /instances/{idInstance}/state`: what GREEN-API reports now. */
export const readState = async (api: Api, idInstance: string): Promise<StateReading> => {
  const answer = await orFailure(sendPatiently(() => api.send('GET', `/instances/${idInstance}/state`)));
  if (answer instanceof CommandFailed) return { kind: 'failed', problem: answer.message };
  const { ok, body } = answer;
  if (!ok) return { kind: 'failed', problem: describeProblem(answer), body };
  const { stateInstance, readAt } = readAnswer(answer, stateSchema);
  return { kind: 'read', stateInstance: stateInstance ?? 'none', readAt, body };
};

/** How many instances are called at a time. GREEN-API's limits are per instance. */
export const parallelCalls = 8;
