import {
  type Instance,
  type InstanceState,
  instancePageSchema,
  type LoggedOut,
  loggedOutSchema,
  stateSchema,
} from '../../../client/answers.ts';
import { callApi, type Result } from './call.ts';

/** What the dialog sends; what was left empty is left out. */
export type LogoutRequest = {
  readonly reason?: string;
  readonly clearQueue?: true;
  readonly rotateToken?: true;
};

/** Longest wait that the API grants for a confirmation, in seconds. */
const longestWait = 20;

/** All pages of the list: a few thousand instances are a few hundred kilobytes. */
export const listInstances = async (signal: AbortSignal): Promise<Result<readonly Instance[]>> => {
  const instances: Instance[] = [];
  let next: string | undefined;
  do {
    const query = next === undefined ? '' : `?next=${encodeURIComponent(next)}`;
    const page = await callApi(instancePageSchema, `/instances${query}`, { signal });
    if (page.kind === 'problem') return page;
    instances.push(...page.value.instances);
    next = page.value.next;
  } while (next !== undefined);
  return { kind: 'ok', value: instances };
};

export const readState = (idInstance: string): Promise<Result<InstanceState>> =>
  callApi(stateSchema, `/instances/${idInstance}/state`);

/** Logs out and waits for the confirmation, at most 20 seconds. */
export const logOut = (idInstance: string, body: LogoutRequest): Promise<Result<LoggedOut>> =>
  callApi(loggedOutSchema, `/instances/${idInstance}/logout`, {
    method: 'POST',
    headers: { prefer: `wait=${longestWait}` },
    body,
  });
