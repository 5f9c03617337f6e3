import { randomUUID } from 'node:crypto';
import { createDriver, type Driver } from './driver.ts';
import { applyRecord, createExecution, type Execution } from './execution.ts';
import type { Functions } from './functions.ts';
import { type Journal, JournalError, type JournalledExecution, openJournal } from './journal.ts';
import type { ExecutionName, LambdaOptions, LambdaSettings } from './options.ts';
import type { Ended, ExecutionRecord, LaterRecord, Started } from './records.ts';

/** Every execution there is. */
export type Executions = {
  /** In the order they were started. */
  readonly all: () => readonly Driver[];
  readonly find: (arn: string) => Driver | undefined;
  readonly start: (what: Omit<Started, 'kind' | 'at' | 'arn'>, version: string) => Driver;
  /** Goes on with what an earlier service left running. */
  readonly resume: () => void;
  readonly close: () => void;
};

const nameOf = ({ started: { arn, name, functionName } }: Execution): ExecutionName => ({ arn, name, functionName });

const replay = ({ started, records }: JournalledExecution): Execution => {
  const execution = createExecution(started);
  for (const record of records) applyRecord(execution, record);
  return execution;
};

/** Reports a journal that cannot be written once, until it can be again. */
const createAppend = (journal: Journal, report: (line: string) => void): Journal['append'] => {
  let isFailing = false;
  return (executionId, record) => {
    try {
      journal.append(executionId, record);
    } catch (error) {
      if (!isFailing && error instanceof JournalError) report(`${error.message}: runs pause, and try again`);
      isFailing = true;
      throw error;
    }
    if (isFailing) report('the journal can be written again: runs go on');
    isFailing = false;
  };
};

/** Writes each record to the journal, and only then applies it and reports what happened. */
const createRecorder = ({ onEvent, deadLetter }: LambdaOptions, append: Journal['append']) => {
  const report = (execution: Execution, from: number) => {
    for (const event of execution.events.slice(from)) {
      onEvent?.({ kind: 'history', execution: nameOf(execution), event });
    }
  };
  const sendDeadLetter = (execution: Execution, { status, error }: Ended) => {
    const { payload } = execution.started;
    if (status !== 'SUCCEEDED') deadLetter?.({ ...nameOf(execution), payload, status, error });
  };
  const appended = (execution: Execution, record: ExecutionRecord) => append(execution.id, record);

  return {
    begin: (started: Started): Execution => {
      const execution = createExecution(started);
      appended(execution, started);
      report(execution, 0);
      return execution;
    },
    record: (execution: Execution, record: LaterRecord): void => {
      const reported = execution.events.length;
      appended(execution, record);
      applyRecord(execution, record);
      report(execution, reported);
      if (record.kind === 'ended') sendDeadLetter(execution, record);
    },
  };
};

const toStderr = (line: string) => void process.stderr.write(`${line}\n`);

/** @throws JournalError when another service has the folder, or a file of it cannot be read */
export const openExecutions = (options: LambdaOptions, functions: Functions, settings: LambdaSettings): Executions => {
  const { folder, onProblem = toStderr, onEvent, journalRetryMs = 5_000 } = options;
  const journal = openJournal(folder);
  const { begin, record } = createRecorder(options, createAppend(journal, onProblem));

  const drive = (execution: Execution) =>
    createDriver({
      execution,
      write: (written) => record(execution, written),
      invoke: (requestId, event) => functions.invoke(execution.started, requestId, event),
      timestamps: () => settings.timestamps,
      journalRetryMs,
    });
  const { executions, damaged } = journal.read();
  for (const { path, movedTo } of damaged)
    onProblem(`${path} is damaged: its run does not go on. It is now ${movedTo}`);
  const drivers = new Map(executions.map((one) => [one.started.arn, drive(replay(one))]));

  const start: Executions['start'] = (what, version) => {
    const arn = `${functions.arnOf(what.functionName, version)}/durable-execution/${what.name}/${randomUUID()}`;
    const driver = drive(begin({ kind: 'started', at: Date.now(), arn, ...what }));
    drivers.set(arn, driver);
    driver.advance();
    return driver;
  };

  const resume = () => {
    for (const { execution, advance } of [...drivers.values()].filter(({ status }) => status() === 'RUNNING')) {
      onEvent?.({ kind: 'execution-resumed', execution: nameOf(execution), events: execution.events });
      advance();
    }
  };

  const close = () => {
    for (const driver of drivers.values()) driver.close();
    journal.close();
  };

  return { all: () => [...drivers.values()], find: (arn) => drivers.get(arn), start, resume, close };
};
