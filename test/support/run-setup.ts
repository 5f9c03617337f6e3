import type { Credential } from '../../functions/green-api/credential.ts';
import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import type { ClearQueueAnswer, LogoutAnswer, StateAnswer } from '../../functions/green-api/responses.ts';
import type { CallWithCredential, NotCalled } from '../../functions/instances/call-with-credential.ts';
import type { ListedInstance, ListInstances, ReadTags } from '../../functions/instances/directory.ts';
import type { TestOldToken } from '../../functions/instances/token-rotation/old-token.ts';
import type { RotateToken } from '../../functions/instances/token-rotation/rotate-token.ts';
import type { UnreadableSecret } from '../../functions/instances/unreadable-secrets.ts';
import type { Evidence } from '../../functions/logout/evidence.ts';
import type { Execution } from '../../functions/runs/durable-operations.ts';
import { createExecuteRun } from '../../functions/runs/execute-run.ts';
import type { RunRequest } from '../../functions/runs/request.ts';
import type { RunEnded } from '../../functions/runs/run-ended.ts';
import type { StartWatchExecution, WatchRequest } from '../../functions/runs/start-watch.ts';
import { parseSummary } from '../../functions/runs/summary.ts';
import { createClock, type DiesAfter, execute } from './fake-execution.ts';

type Answer<A> = A | NotCalled;

/** What an instance answers, call after call; the last answer stays. */
export type Script = {
  readonly tags?: Partial<ListedInstance>;
  readonly logout?: readonly Answer<LogoutAnswer>[];
  /** A text stands for that state. */
  readonly state?: readonly (string | Answer<StateAnswer>)[];
  readonly queue?: readonly Answer<ClearQueueAnswer>[];
};

export const runId = 'api-0123456789012345678901234567890123456789';

export const requestOf = (request: Partial<RunRequest> = {}): RunRequest => ({
  target: { all: true },
  reason: 'contract ended',
  requestedBy: 'arn:aws:iam::111122223333:role/SecurityDesk AROAEXAMPLEID',
  source: 'api',
  expiresAt: '2026-12-01T17:00:00Z',
  maxTargets: 3_000,
  ...request,
});

/** A run that was stopped, as Lambda describes it. */
export const stoppedExecution = {
  kind: 'execution',
  arn: 'arn',
  status: 'STOPPED',
  startedAt: new Date('2026-11-30T17:00:00Z'),
  endedAt: undefined,
  payload: JSON.stringify(requestOf()),
  result: undefined,
  error: undefined,
} as const;

const notCalled = new Set(['unknown-instance', 'credential-unreadable']);

/** Instances with set answers, and secrets that are none, on a clock that jumps over every wait. */
export const createSetup = (
  scripts: Readonly<Record<string, Script>>,
  unreadable: readonly UnreadableSecret[] = [],
) => {
  const clock = createClock();
  const calls: { readonly method: string; readonly id: string; readonly at: string }[] = [];
  const evidence: Evidence[] = [];
  const published: Evidence[] = [];
  const ends: RunEnded[] = [];
  const watches: (WatchRequest & { readonly name: string })[] = [];
  const startWatchExecution: StartWatchExecution = async (name, request) => {
    watches.push({ name, ...request });
    return { kind: 'started', id: name };
  };
  const facts: { readonly message: string; readonly [field: string]: unknown }[] = [];
  const tags = new Map<string, ListedInstance>();
  for (const [id, script] of Object.entries(scripts)) {
    tags.set(id, { idInstance: id as InstanceId, protected: false, ...script.tags });
  }

  const play = <A extends { readonly kind: string }>(
    method: string,
    script: (id: string) => readonly A[] | undefined,
    otherwise: A,
  ) => {
    const played = new Map<string, number>();
    return async (
      { idInstance }: { readonly idInstance: InstanceId },
      _deadline?: number,
      onSent: () => void = () => {},
    ) => {
      const turn = played.get(idInstance) ?? 0;
      played.set(idInstance, turn + 1);
      const answers = script(idInstance) ?? [];
      const answer = answers[turn] ?? answers.at(-1) ?? otherwise;
      if (!notCalled.has(answer.kind)) {
        onSent();
        calls.push({ method, id: idInstance, at: clock.now().toISOString() });
      }
      return { ...answer, requests: notCalled.has(answer.kind) ? 0 : 1 };
    };
  };

  const stateAnswer = (state: string | Answer<StateAnswer>): Answer<StateAnswer> =>
    typeof state === 'string' ? { kind: 'state', stateInstance: state } : state;
  const greenApi = {
    logout: play<Answer<LogoutAnswer>>('logout', (id) => scripts[id]?.logout, { kind: 'accepted' }),
    readState: play<Answer<StateAnswer>>('readState', (id) => scripts[id]?.state?.map(stateAnswer), {
      kind: 'state',
      stateInstance: 'notAuthorized',
    }),
    clearQueue: play<Answer<ClearQueueAnswer>>('clearQueue', (id) => scripts[id]?.queue, { kind: 'cleared' }),
  };
  const callWithCredential: CallWithCredential = (idInstance, call, deadline) =>
    call({ idInstance, credential: {} as Credential }, deadline);
  const listInstances: ListInstances = async () => ({ kind: 'page', instances: [...tags.values()], unreadable });
  const readTags: ReadTags = async (id) => {
    const instance = tags.get(id);
    return instance === undefined
      ? { kind: 'unknown-instance', detail: `there is no secret green-api/${id}` }
      : { kind: 'tags', instance };
  };

  const dependencies = {
    callWithCredential,
    greenApi: greenApi as unknown as Parameters<typeof createExecuteRun>[0]['greenApi'],
    listInstances,
    rotateToken: undefined as RotateToken | undefined,
    testOldToken: (async () => ({ kind: 'dead' })) as TestOldToken,
    readTags,
    recordEvidence: async (record: Evidence) => void evidence.push(record),
    log: (_level: string, message: string, fields: object) => void facts.push({ message, ...fields }),
    now: clock.now,
    sleep: async (ms: number) => clock.advance(ms),
    publishOutcomes: async (records: readonly Evidence[]) => void published.push(...records),
    executionTimeoutMs: 30 * 24 * 60 * 60 * 1_000,
    recordRunEnd: async (ended: RunEnded) => void ends.push(ended),
    stack: 'green-api-logout',
    startWatchExecution,
  };

  return {
    clock,
    calls,
    evidence,
    published,
    ends,
    watches,
    facts,
    dependencies,
    callsOf: (method: string) => calls.filter((call) => call.method === method),
    tag: (id: string, change: Partial<ListedInstance>) => {
      const { owner, group, ...rest } = tags.get(id) ?? { protected: false };
      tags.set(id, { owner, group, ...rest, ...change, idInstance: id as InstanceId } as ListedInstance);
    },
    run: async (
      request: unknown = requestOf(),
      changed: Partial<typeof dependencies> = {},
      remainingMs: Execution['remainingMs'] = () => 900_000,
      id = runId,
      diesAfter?: DiesAfter,
    ) => {
      const run = createExecuteRun({ ...dependencies, ...changed });
      const execution = await execute(clock, (durable) => run(request, { name: id, durable, remainingMs }), diesAfter);
      const { result, error } = execution as { result?: unknown; error?: { errorType?: string; errorData?: string } };
      if (error !== undefined && error.errorType === undefined) throw error;
      const summary = parseSummary(error?.errorData ?? JSON.stringify(result));
      if (summary === undefined) throw new Error('there is no summary');
      return {
        ...summary,
        status: error === undefined ? ('SUCCEEDED' as const) : error.errorType,
        message: (error as Error | undefined)?.message,
        operations: execution.operations,
        steps: execution.operations.map(({ name, payload }) => ({ name, payload })),
        waits: execution.operations.flatMap(({ seconds }) => seconds ?? []),
      };
    },
  };
};
