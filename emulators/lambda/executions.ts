import { randomUUID } from 'node:crypto';
import { createDriver, type Driver } from './driver.ts';
import { applyRecord, createExecution, type Execution } from './execution.ts';
import { type Functions, version } from './functions.ts';
import { openJournal } from './journal.ts';
import type { ExecutionName, LambdaOptions, LambdaSettings } from './options.ts';
import type { LaterRecord, Started } from './records.ts';

const nameOf = ({ started: { arn, name, functionName } }: Execution): ExecutionName => ({ arn, name, functionName });

const toStderr = (line: string) => void process.stderr.write(`${line}\n`);

export type Executions = ReturnType<typeof openExecutions>;

/** Every execution there is. @throws JournalError when another service has the folder, or a file of it cannot be read */
export const openExecutions = (options: LambdaOptions, functions: Functions, settings: LambdaSettings) => {
  const { folder, onProblem = toStderr, onEvent, deadLetter, journalRetryMs = 5_000 } = options;
  const journal = openJournal(folder, onProblem);

  const report = (execution: Execution, from: number) => {
    for (const event of execution.events.slice(from))
      onEvent?.({ kind: 'history', execution: nameOf(execution), event });
  };

  /** Writes the record to the journal, and only then applies it and reports what happened. */
  const record = (execution: Execution, written: LaterRecord) => {
    const reported = execution.events.length;
    journal.append(execution.id, written);
    applyRecord(execution, written);
    report(execution, reported);
    if (written.kind !== 'ended' || written.status === 'SUCCEEDED') return;
    const { status, error } = written;
    deadLetter?.({ ...nameOf(execution), payload: execution.started.payload, status, error });
  };

  const drive = (execution: Execution) =>
    createDriver({
      execution,
      write: (written) => record(execution, written),
      invoke: (requestId, event) => functions.invoke(execution.started, requestId, event),
      timestamps: () => settings.timestamps,
      journalRetryMs,
    });

  const drivers = new Map<string, Driver>();
  for (const { started, records } of journal.read()) {
    const execution = createExecution(started);
    for (const one of records) applyRecord(execution, one);
    drivers.set(started.arn, drive(execution));
  }

  return {
    /** In the order they were started. */
    all: (): readonly Driver[] => [...drivers.values()],
    find: (arn: string): Driver | undefined => drivers.get(arn),
    start: (what: Omit<Started, 'kind' | 'at' | 'arn'>): Driver => {
      const arn = `${functions.arnOf(what.functionName, version)}/durable-execution/${what.name}/${randomUUID()}`;
      const execution = createExecution({ kind: 'started', at: Date.now(), arn, ...what });
      journal.append(execution.id, execution.started);
      report(execution, 0);
      const driver = drive(execution);
      drivers.set(arn, driver);
      driver.advance();
      return driver;
    },
    /** Goes on with what an earlier service left running. */
    resume: (): void => {
      for (const { execution, advance } of [...drivers.values()].filter(({ status }) => status() === 'RUNNING')) {
        onEvent?.({ kind: 'execution-resumed', execution: nameOf(execution), events: execution.events });
        advance();
      }
    },
    close: (): void => {
      for (const driver of drivers.values()) driver.close();
      journal.close();
    },
  };
};
