import { randomUUID } from 'node:crypto';
import { type Conductor, createConductor } from './conductor.ts';
import type { Execution } from './execution.ts';
import type { Started } from './execution-record.ts';
import { createFunctionHost, type FunctionHost } from './function-host.ts';
import { nameOf, openLedger } from './ledger.ts';
import type { LambdaOptions } from './options.ts';

export type Backend = {
  readonly host: FunctionHost;
  /** Every execution there is, in the order they were started. */
  readonly conductors: () => readonly Conductor[];
  readonly find: (arn: string) => Conductor | undefined;
  readonly start: (what: Omit<Started, 'kind' | 'at' | 'arn'>, version: string) => Conductor;
  /** Goes on with what an earlier service left running. */
  readonly resume: () => void;
  readonly close: () => Promise<void>;
};

/** The executions, the functions they run in, and what keeps them going. */
export const createBackend = (options: LambdaOptions, urlOf: () => string): Backend => {
  const ledger = openLedger(options);
  const host = createFunctionHost(options, urlOf);

  const conduct = (execution: Execution) =>
    createConductor({
      execution,
      write: (record) => ledger.record(execution, record),
      invoke: (requestId, event) => host.invoke(execution.started, requestId, event),
    });
  const conductors = new Map(ledger.read().map((execution) => [execution.started.arn, conduct(execution)]));

  const start: Backend['start'] = (what, version) => {
    const arn = `${host.arnOf(what.functionName, version)}/durable-execution/${what.name}/${randomUUID()}`;
    const conductor = conduct(ledger.begin({ kind: 'started', at: Date.now(), arn, ...what }));
    conductors.set(arn, conductor);
    conductor.advance();
    return conductor;
  };

  const resume = () => {
    const running = [...conductors.values()].filter(({ execution }) => !execution.ended);
    for (const { execution, advance } of running) {
      options.onEvent?.({ kind: 'execution-resumed', execution: nameOf(execution) });
      advance();
    }
  };

  const close = async () => {
    for (const conductor of conductors.values()) conductor.close();
    await host.close();
  };

  return { host, conductors: () => [...conductors.values()], find: (arn) => conductors.get(arn), start, resume, close };
};
