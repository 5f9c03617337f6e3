import { Option } from 'commander';
import type { LoggedOut } from '../../client/answers.ts';
import { describeUnreadable } from '../../client/instance-list.ts';
import type { Failure, Result } from '../../client/result.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { type Api, parallelCalls } from '../api/api.ts';
import { describeFailure, isInvalidRequest, valueIn } from '../api/failure.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, exitCodes, UsageError } from '../errors.ts';
import { readInstanceIds } from '../input/instance-ids.ts';
import { parseWaitOption } from '../input/parse-wait-option.ts';
import { confirm } from '../input/questions.ts';
import { describeReading } from '../output/describe-reading.ts';
import { printable } from '../output/printable.ts';
import { formatTable } from '../output/table.ts';
import { warnOfUnreadable } from '../output/warn-of-unreadable.ts';
import type { Session } from '../session.ts';

type Options = {
  readonly owner?: string;
  readonly reason?: string;
  readonly wait?: number;
  readonly clearQueue?: boolean;
  readonly rotateToken?: boolean;
};

type Found = {
  readonly ids: readonly string[];
  /** A secret of the person is not understood: the logout of these instances is not all. */
  readonly isIncomplete: boolean;
};

/** Finds a person's instances. Before the confirmation it shows them with their live state. */
const findInstancesOf = async (session: Session, api: Api, owner: string): Promise<Found> => {
  const list = valueIn(await api.listInstances({ owner }));
  const { instances } = list;
  if (instances.length === 0)
    throw new CommandFailed(
      describeUnreadable(list) ?? 'No instance has this owner. Look at the tags: the instances command lists them.',
    );
  const isIncomplete = warnOfUnreadable(session, list);
  const found = { ids: instances.map(({ idInstance }) => idInstance), isIncomplete };
  if (session.options.json || session.options.yes) return found;
  const states = await inParallel(parallelCalls, instances, ({ idInstance }) => api.readState(idInstance));
  const rows = instances.map(({ idInstance, group, protected: isProtected }, index) => {
    const reading = states[index];
    return [idInstance, group, isProtected ? 'protected' : '', reading && describeReading(reading)];
  });
  session.note(await formatTable(['INSTANCE', 'GROUP', '', 'STATE'], rows));
  return found;
};

/** The logout itself may be confirmed although the answer is a problem: then something after it failed. */
const describeUnconfirmed = (failure: Failure): string => {
  const isConfirmed = failure.kind === 'problem' && failure.confirmed === true;
  return `${isConfirmed ? 'logged out and confirmed, but' : 'not confirmed'}: ${describeFailure(failure)}`;
};

const describeLogout = (result: Result<LoggedOut>): string => {
  if (result.kind !== 'ok') return describeUnconfirmed(result);
  const { confirmed, alreadyLoggedOut, confirmedAt, queue, token } = result.value;
  if (!confirmed) return 'accepted, not confirmed (--wait 0)';
  return [
    alreadyLoggedOut ? 'was already logged out' : 'logged out',
    confirmedAt === undefined ? 'confirmed' : `confirmed at ${printable(confirmedAt)}`,
    ...(queue ? [queue.cleared ? 'queue cleared' : 'queue not cleared'] : []),
    ...(token ? [token.rotated ? 'token rotated' : 'token not rotated'] : []),
  ].join(', ');
};

const bodyOf = ({ reason, clearQueue, rotateToken }: Options) => ({
  ...(reason && { reason }),
  ...(clearQueue && { clearQueue }),
  ...(rotateToken && { rotateToken }),
});

export const logoutCommand = defineCommand<Options>({
  usage: 'logout [idInstance...]',
  summary: 'Log instances out now, one by one, and say for each whether it is confirmed.',
  details: `"Confirmed" means that GREEN-API reported the state notAuthorized after the logout.
With --owner it shows the instances of that person with their live state, protected ones included, asks
for confirmation, and logs all of them out. --yes skips both. A secret with this person's tags that is not
named after an instance is named, and the exit code is then 1.
It is harmless to repeat. For many instances use the run command: it tries again until each is confirmed.
A logout ends the session at GREEN-API only: other linked devices stay linked, and the token stays valid.`,
  options: [
    new Option('--owner <identity>', 'log out every instance of this person'),
    new Option('--reason <text>', 'why; it is kept in the evidence'),
    new Option('--wait <seconds>', 'how long to wait for the confirmation, 0 to 20 (default 5)').argParser(
      parseWaitOption,
    ),
    new Option('--clear-queue', 'also clear the queue of messages to send'),
    new Option('--rotate-token', 'also change the token, so that a copy of it cannot link the instance again'),
  ],
  examples: [
    'logout 1101000001 --reason "phone lost"',
    'logout --owner john.doe@example.com --reason "phone stolen" --rotate-token',
    'logout 1101000001 1101000002 --yes --json',
  ],
  run: async (session, options, args) => {
    if (args.length > 0 === (options.owner !== undefined))
      throw new UsageError('Name the instances to log out, or a person with --owner.');
    const given = { ids: readInstanceIds(args), isIncomplete: false };
    const api = await session.api();
    const found = options.owner === undefined ? given : await findInstancesOf(session, api, options.owner);
    const { ids } = found;
    await confirm(session, `Log out ${ids.length === 1 ? ids[0] : `${ids.length} instances`} at ${api.url.host}?`);
    const results = await inParallel(parallelCalls, ids, async (idInstance) => {
      const result = await api.logOut(idInstance, bodyOf(options), options.wait);
      const line = `${idInstance}  ${describeLogout(result)}`;
      if (!session.options.json) session.print(line);
      else if ('body' in result) session.printJson(result.body);
      else session.note(line);
      return result;
    });
    if (results.every(isInvalidRequest)) return exitCodes.usage;
    return !found.isIncomplete && results.every((result) => result.kind === 'ok' && result.value.confirmed)
      ? exitCodes.done
      : exitCodes.failed;
  },
});
