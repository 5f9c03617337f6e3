import { randomUUID } from 'node:crypto';
import { apply } from './apply.ts';
import { type Conductor, createConductor } from './conductor.ts';
import { createExecution, type Execution } from './execution.ts';
import type { Ended, ExecutionRecord, Started } from './execution-record.ts';
import { createFunctionHost, type FunctionHost } from './function-host.ts';
import { openJournal } from './journal.ts';
import type { LambdaOptions } from './options.ts';

export type Backend = {
  readonly host: FunctionHost;
  /** Every execution the journal knows, in the order they were started. */
  readonly conductors: () => readonly Conductor[];
  readonly find: (arn: string) => Conductor | undefined;
  readonly start: (started: Omit<Started, 'kind' | 'at' | 'arn'>, version: string) => Conductor;
  /** Goes on with what an earlier service left running. */
  readonly resume: () => void;
  readonly close: () => Promise<void>;
};

const nameOf = ({ started: { arn, name, functionName } }: Execution) => ({ arn, name, functionName });

const parseStarted = (record: ExecutionRecord | undefined): Started => {
  if (record?.kind !== 'started') throw new Error('a journal that does not begin with a start');
  return record;
};

const replay = ([first, ...records]: readonly ExecutionRecord[]): Execution => {
  const execution = createExecution(parseStarted(first));
  for (const record of records) if (record.kind !== 'started') apply(execution, record);
  return execution;
};

/** The executions, and what keeps them going. */
export const createBackend = (options: LambdaOptions, urlOf: () => string): Backend => {
  const { onEvent, deadLetter } = options;
  const journal = openJournal(options.folder);
  const host = createFunctionHost(options, urlOf);
  const conductors = new Map<string, Conductor>();

  const bury = (execution: Execution, { status, error }: Ended) => {
    const { asynchronous, payload } = execution.started;
    if (asynchronous && status !== 'SUCCEEDED') deadLetter?.({ ...nameOf(execution), payload, status, error });
  };

  const tell = (execution: Execution, from: number) => {
    for (const event of execution.events.slice(from))
      onEvent?.({ kind: 'history', execution: nameOf(execution), event });
  };

  const add = (execution: Execution): Conductor => {
    const record = (entry: Exclude<ExecutionRecord, Started>) => {
      const told = execution.events.length;
      journal.append(execution.id, entry);
      apply(execution, entry);
      tell(execution, told);
      if (entry.kind === 'ended') bury(execution, entry);
    };
    const invoke = (requestId: string, event: unknown) => host.invoke(execution.started, requestId, event);
    const conductor = createConductor({ execution, record, invoke });
    conductors.set(execution.started.arn, conductor);
    return conductor;
  };

  const executions = journal.read().map(replay);
  for (const execution of executions.toSorted((a, b) => a.started.at - b.started.at)) add(execution);

  return {
    host,
    conductors: () => [...conductors.values()],
    find: (arn) => conductors.get(arn),
    start: (what, version) => {
      const arn = `${host.arnOf(what.functionName, version)}/durable-execution/${what.name}/${randomUUID()}`;
      const execution = createExecution({ kind: 'started', at: Date.now(), arn, ...what });
      journal.append(execution.id, execution.started);
      const conductor = add(execution);
      tell(execution, 0);
      conductor.advance();
      return conductor;
    },
    resume: () => {
      for (const { execution, advance } of conductors.values()) {
        if (execution.ended) continue;
        onEvent?.({ kind: 'execution-resumed', execution: nameOf(execution) });
        advance();
      }
    },
    close: async () => {
      for (const conductor of conductors.values()) conductor.close();
      await host.close();
    },
  };
};
