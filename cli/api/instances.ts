import * as v from 'valibot';
import { CommandFailed, orFailure } from '../errors.ts';
import type { Api } from './api.ts';
import { describeProblem, readAnswer } from './problem.ts';

const instanceSchema = v.object({
  idInstance: v.string(),
  owner: v.optional(v.string()),
  group: v.optional(v.string()),
  protected: v.boolean(),
});

export type ListedInstance = v.InferOutput<typeof instanceSchema>;

const pageSchema = v.object({ instances: v.array(instanceSchema), next: v.optional(v.string()) });

export type InstanceFilter = { readonly owner?: string | undefined; readonly group?: string | undefined };

/** Reads all pages of `GET /instances`. */
export const listInstances = async (api: Api, filter: InstanceFilter = {}): Promise<readonly ListedInstance[]> => {
  const found: ListedInstance[] = [];
  let next: string | undefined;
  do {
    const page = readAnswer(await api.send('GET', '/instances', { query: { ...filter, next } }), pageSchema);
    found.push(...page.instances);
    next = page.next;
  } while (next !== undefined);
  return found;
};

const stateSchema = v.object({ stateInstance: v.nullable(v.string()), readAt: v.optional(v.string()) });

export type StateReading =
  | {
      readonly kind: 'read';
      readonly stateInstance: string;
      readonly readAt?: string | undefined;
      readonly body: unknown;
    }
  /** `body` is the problem that the API answered, if anything answered. */
  | { readonly kind: 'failed'; readonly problem: string; readonly body?: unknown };

/** `GET /instances/{idInstance}/state`: what GREEN-API reports now. */
export const readState = async (api: Api, idInstance: string): Promise<StateReading> => {
  const answer = await orFailure(api.send('GET', `/instances/${idInstance}/state`));
  if (answer instanceof CommandFailed) return { kind: 'failed', problem: answer.message };
  const { ok, body } = answer;
  if (!ok) return { kind: 'failed', problem: describeProblem(answer), body };
  const { stateInstance, readAt } = readAnswer(answer, stateSchema);
  return { kind: 'read', stateInstance: stateInstance ?? 'none', readAt, body };
};

/** How many instances are called at a time. GREEN-API's limits are per instance. */
export const parallelCalls = 8;
