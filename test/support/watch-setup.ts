import type { Credential } from '../../functions/green-api/credential.ts';
import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import type { StateAnswer } from '../../functions/green-api/responses.ts';
import type { CallWithCredential, NotCalled } from '../../functions/instances/call-with-credential.ts';
import type { ListedInstance, ReadTags } from '../../functions/instances/directory.ts';
import { digestOf, type WatchRequest } from '../../functions/runs/start-watch.ts';
import { createWatch } from '../../functions/watch/execute-watch.ts';
import type { PollDependencies } from '../../functions/watch/poll.ts';
import type { LinkedAgainEvidence } from '../../functions/watch/watch-evidence.ts';
import { createClock, execute } from './fake-execution.ts';

/** What an instance answers, poll after poll; the last answer stays. A text stands for that state. */
export type WatchScript = readonly (string | StateAnswer | NotCalled)[];

export const watchId = `watch-${'0'.repeat(40)}`;
export const tags = { owner: 'ann@example.com', group: 'sales' };

/** Watched instances that answer by a script, on a clock that jumps over every wait. */
export const createWatchSetup = (scripts: Readonly<Record<string, WatchScript>>) => {
  const clock = createClock();
  const evidence: LinkedAgainEvidence[] = [];
  const published: LinkedAgainEvidence[] = [];
  const facts: { readonly message: string; readonly [field: string]: unknown }[] = [];
  const turns = new Map<string, number>();
  const calls: { readonly id: string; readonly at: string }[] = [];
  const listed = new Map<string, ListedInstance>(
    Object.keys(scripts).map((id) => [id, { idInstance: id as InstanceId, protected: false, ...tags }]),
  );

  const readState: PollDependencies['greenApi']['readState'] = async ({ idInstance }) => {
    const script = scripts[idInstance] ?? [];
    const turn = turns.get(idInstance) ?? 0;
    turns.set(idInstance, turn + 1);
    calls.push({ id: idInstance, at: clock.now().toISOString() });
    const answer = script[turn] ?? script.at(-1) ?? 'notAuthorized';
    const played = typeof answer === 'string' ? ({ kind: 'state', stateInstance: answer } as const) : answer;
    return { ...(played as StateAnswer), requests: 1 };
  };
  const callWithCredential: CallWithCredential = (idInstance, call, deadline) =>
    call({ idInstance, credential: {} as Credential }, deadline);
  const readTags: ReadTags = async (id) => {
    const instance = listed.get(id);
    return instance === undefined ? { kind: 'unknown-instance', detail: 'gone' } : { kind: 'tags', instance };
  };

  const dependencies: PollDependencies = {
    callWithCredential,
    greenApi: { readState },
    readTags,
    recordLinkedAgain: (record) => void evidence.push(record),
    publishLinkedAgain: async (records) => void published.push(...records),
    stack: 'green-api-logout',
    log: (_level, message, fields) => void facts.push({ message, ...fields }),
    now: clock.now,
  };
  const request: WatchRequest = {
    run: `event-${'0'.repeat(40)}`,
    requestedBy: 'com.example.hr 4711',
    reason: 'offboarded',
    source: 'offboarding',
    until: '2026-12-01T17:00:00.000Z',
    instances: Object.keys(scripts).map((id) => [id as InstanceId, digestOf(tags)]),
  };

  return {
    dependencies,
    clock,
    calls,
    evidence,
    published,
    facts,
    listed,
    request,
    run: async (payload: unknown = request, changed: Partial<PollDependencies> = {}) => {
      const watch = createWatch({ ...dependencies, ...changed });
      const execution = await execute(clock, (durable) =>
        watch(payload, { name: watchId, durable, remainingMs: () => 900_000 }),
      );
      const { result, error, operations } = execution;
      return { result, error, operations, waits: operations.flatMap(({ seconds }) => seconds ?? []) };
    },
  };
};
