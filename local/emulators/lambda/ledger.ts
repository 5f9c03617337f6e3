import { apply } from './apply.ts';
import { createExecution, type Execution } from './execution.ts';
import type { Ended, LaterRecord, Started } from './execution-record.ts';
import { openJournal, type Story } from './journal.ts';
import type { ExecutionName, LambdaOptions } from './options.ts';

/** What has happened to every execution, for this process, the next one, and whoever listens. */
export type Ledger = {
  /** The executions the journal knows, in the order they were started. */
  readonly read: () => readonly Execution[];
  readonly begin: (started: Started) => Execution;
  /** Writes a record down, and only then lets it count and be heard of. */
  readonly record: (execution: Execution, record: LaterRecord) => void;
};

export const nameOf = ({ started: { arn, name, functionName } }: Execution): ExecutionName => ({
  arn,
  name,
  functionName,
});

const replay = ({ started, records }: Story): Execution => {
  const execution = createExecution(started);
  for (const record of records) apply(execution, record);
  return execution;
};

export const openLedger = ({ folder, onEvent, deadLetter }: LambdaOptions): Ledger => {
  const journal = openJournal(folder);

  const tell = (execution: Execution, from: number) => {
    const news = execution.events.slice(from);
    for (const event of news) onEvent?.({ kind: 'history', execution: nameOf(execution), event });
  };

  const bury = (execution: Execution, { status, error }: Ended) => {
    const { asynchronous, payload } = execution.started;
    if (asynchronous && status !== 'SUCCEEDED') deadLetter?.({ ...nameOf(execution), payload, status, error });
  };

  return {
    read: () => journal.read().map(replay),
    begin: (started) => {
      const execution = createExecution(started);
      journal.append(execution.id, started);
      tell(execution, 0);
      return execution;
    },
    record: (execution, record) => {
      const told = execution.events.length;
      journal.append(execution.id, record);
      apply(execution, record);
      tell(execution, told);
      if (record.kind === 'ended') bury(execution, record);
    },
  };
};
