import { type Answer, json, text } from './answer.ts';
import { type KeptInstance, logOutAt, stateAt } from './instance.ts';

const logout = (instance: KeptInstance, nowMs: number): Answer => {
  if (stateAt(instance, nowMs) === 'notAuthorized' && instance.repeatedLogout === 'starting-or-not-authorized') {
    return text(400, 'instance is starting or not authorized');
  }
  logOutAt(instance, nowMs);
  return json(200, { isLogout: true });
};

const getStateInstance = (instance: KeptInstance, nowMs: number): Answer => {
  const stateInstance = stateAt(instance, nowMs);
  return json(200, stateInstance === null ? null : { stateInstance });
};

/** What each method of GREEN-API does to an instance, and answers. https://green-api.com/en/docs/api/account/ */
export const methods = { logout, getStateInstance, clearMessagesQueue: () => json(200, { isCleared: true }) } as const;

export type Method = keyof typeof methods;

export const methodNames = Object.keys(methods) as readonly Method[];

export const isMethod = (name: string): name is Method => Object.hasOwn(methods, name);
