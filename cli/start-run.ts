import { randomUUID } from 'node:crypto';
import { Option } from 'commander';
import type { AcceptedRun } from '../client/answers.ts';
import type { Result } from '../client/result.ts';
import type { Api } from './api/api.ts';
import { acceptedRunIn, describeFailure } from './api/failure.ts';
import { CommandFailed, type ExitCode, exitCodes } from './errors.ts';
import { followRun } from './follow-run.ts';
import type { Session } from './session.ts';

export type StartOptions = { readonly follow?: boolean; readonly idempotencyKey?: string };

/** The options of every command that starts a run. */
export const startOptions: readonly Option[] = [
  new Option('--follow', 'show the progress until the run has ended'),
  new Option('--idempotency-key <key>', 'the same key with the same request is the same run'),
];

type Start = (api: Api, key: string) => Promise<Result<AcceptedRun>>;

/** Without a key of the caller's the request still has one, so that it can be sent again without starting two runs. */
const send = async (session: Session, start: Start, key: string) => {
  const result = await start(await session.api(), key);
  if (result.kind === 'ok' || !result.mayTakeEffect) return acceptedRunIn(result);
  throw new CommandFailed(
    `${describeFailure(result)} The run may have started: add --idempotency-key ${key} to repeat the command without starting another.`,
  );
};

/** Starts a run, and follows it to its end or prints how to. */
export const startRun = async (
  session: Session,
  start: Start,
  { follow = false, idempotencyKey = randomUUID() }: StartOptions,
): Promise<ExitCode> => {
  const { id, status, body } = await send(session, start, idempotencyKey);
  if (follow) {
    session.note(`Run ${id}`);
    return followRun(session, id);
  }
  if (session.options.json) session.printJson(body);
  else session.print(`${status} ${id}\nFollow it: ${session.commandLine(`show ${id} --follow`)}`);
  return exitCodes.done;
};
