import { Option } from 'commander';
import { describeConfirmation, type Instance, isLoggedOut, type LoggedOut } from '../../client/answers.ts';
import { longestWaitSeconds, secondReadingWaitSeconds } from '../../client/client.ts';
import { countOf } from '../../client/count-of.ts';
import { describeUnreadable } from '../../client/instance-list.ts';
import type { Failure, Result } from '../../client/result.ts';
import { sharedWith } from '../../functions/instances/owner-identities.ts';
import { defined } from '../../functions/platform/defined.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { type Api, describeFailure, isInvalidRequest, parallelCalls, valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, Interrupted, UsageError } from '../errors.ts';
import { readInstanceIds, wholeNumber } from '../input/options.ts';
import { confirm } from '../input/questions.ts';
import { describeReading, describeRemarks, warnOfUnreadable } from '../output/instances.ts';
import { printable, quote } from '../output/printable.ts';
import { formatTable } from '../output/table.ts';
import { type Session, unlessInterrupted } from '../session.ts';

type Options = {
  readonly owner?: string;
  readonly reason?: string;
  readonly wait: number;
  readonly clearQueue?: boolean;
  readonly rotateToken?: boolean;
  readonly includeShared?: boolean;
};

type Found = {
  readonly ids: readonly string[];
  /** Those that a reading right before showed as logged out. */
  readonly loggedOut: ReadonlySet<string>;
  /** The logout of these instances is not all: a secret of the person is not understood, or others share an instance. */
  readonly isIncomplete: boolean;
};

/** The person to log out: named as such, or by an address where ids would stand. */
const ownerIn = ({ owner }: Options, args: readonly string[]): string | undefined => {
  const [address = ''] = args;
  const named = args.length === 1 && address.includes('@') ? address : undefined;
  if (args.length > 0 === (owner !== undefined))
    throw new UsageError(
      'Name the instances to log out, or one person: by an address, or another identity with --owner.',
    );
  return owner ?? named;
};

/** Shows instances with their live state, and returns those that are logged out already. */
const showInstances = async (
  session: Session,
  api: Api,
  instances: readonly Instance[],
  remarks: (instance: Instance) => string,
): Promise<ReadonlySet<string>> => {
  const states = await inParallel(parallelCalls, instances, ({ idInstance }) => api.readState(idInstance));
  const rows = instances.map((instance, index) => {
    const reading = states[index];
    return [instance.idInstance, instance.group, remarks(instance), reading && describeReading(reading)];
  });
  session.note(await formatTable(['INSTANCE', 'GROUP', '', 'STATE'], rows));
  const loggedOut = instances.filter((_, index) => {
    const reading = states[index];
    return reading?.kind === 'ok' && isLoggedOut(reading.value);
  });
  return new Set(loggedOut.map(({ idInstance }) => idInstance));
};

const sharedNote = (ids: readonly string[]): string =>
  `Not logged out, because others share ${ids.length === 1 ? 'it' : 'them'}: ${ids.join(' ')}. Add --include-shared to log out everything.`;

/** Finds a person's instances. Before the confirmation it shows them with their live state. */
const findInstancesOf = async (session: Session, api: Api, owner: string, includeShared: boolean): Promise<Found> => {
  const list = valueIn(await api.listInstances({ owner }));
  const { instances } = list;
  if (instances.length === 0)
    throw new CommandFailed(
      describeUnreadable(list) ??
        `No instance has this owner. Search for a part of the name, or for a number: ${session.commandLine(`find ${quote(owner.split('@')[0] ?? owner)}`)}`,
    );
  const isUnreadable = warnOfUnreadable(session, list);
  const isIncluded = (instance: Instance) => includeShared || sharedWith(instance, owner).length === 0;
  const left = instances.filter((instance) => !isIncluded(instance)).map(({ idInstance }) => idInstance);
  const ids = instances.filter(isIncluded).map(({ idInstance }) => idInstance);
  const isShown = !session.options.json && !session.options.yes;
  const loggedOut = isShown
    ? await showInstances(session, api, instances, (instance) =>
        describeRemarks(instance, sharedWith(instance, owner), isIncluded(instance)),
      )
    : new Set<string>();
  if (ids.length === 0) throw new CommandFailed(sharedNote(left));
  if (left.length > 0) session.note(sharedNote(left));
  return { ids, loggedOut, isIncomplete: isUnreadable || left.length > 0 };
};

/** The logout itself may be confirmed although the answer is a problem: then something after it failed. */
const describeUnconfirmed = (failure: Failure): string => {
  const isConfirmed = failure.kind === 'problem' && failure.confirmed === true;
  return `${isConfirmed ? 'logged out and confirmed, but' : 'not confirmed'}: ${describeFailure(failure)}`;
};

/** @param wasLoggedOut a reading right before showed that no session was open */
const describeLogout = (result: Result<LoggedOut>, wasLoggedOut: boolean): string => {
  if (result.kind !== 'ok') return describeUnconfirmed(result);
  const { confirmed, alreadyLoggedOut, confirmedAt } = result.value;
  if (!confirmed) return 'accepted, not confirmed (--wait 0)';
  return [
    alreadyLoggedOut || wasLoggedOut ? 'was already logged out' : 'logged out',
    confirmedAt === undefined ? 'confirmed' : `confirmed at ${printable(confirmedAt)}`,
    ...describeConfirmation(result.value),
  ].join(', ');
};

/** Logs out several at a time. @throws Interrupted at Ctrl-C, with what is not known then */
const logOutAll = async (
  session: Session,
  ids: readonly string[],
  logOut: (idInstance: string) => Promise<Result<LoggedOut>>,
): Promise<readonly Result<LoggedOut>[]> => {
  const sent = new Set<string>();
  const answered = new Set<string>();
  const results = await unlessInterrupted(session.terminal, (signal) =>
    inParallel(parallelCalls, ids, async (idInstance) => {
      if (signal.aborted) return undefined;
      sent.add(idInstance);
      const result = await logOut(idInstance);
      answered.add(idInstance);
      return result;
    }),
  );
  if (results === undefined) throw new Interrupted(describeInterruption(session, ids, { sent, answered }));
  return results.filter((result) => result !== undefined);
};

/** What is not known after Ctrl-C, and how to find out. */
const describeInterruption = (
  { commandLine }: Session,
  ids: readonly string[],
  { sent, answered }: { readonly sent: ReadonlySet<string>; readonly answered: ReadonlySet<string> },
): string => {
  const pending = ids.filter((id) => sent.has(id) && !answered.has(id));
  const rest = ids.filter((id) => !sent.has(id));
  return [
    `Interrupted. ${answered.size} of ${countOf(ids.length, 'instance')} answered.`,
    ...(pending.length > 0
      ? [
          `Sent, and may still take effect: ${pending.join(' ')}`,
          `Check whether they are logged out: ${commandLine(`state ${pending.join(' ')}`)}`,
        ]
      : []),
    ...(rest.length > 0 ? [`Not sent: ${rest.join(' ')}`] : []),
  ].join('\n');
};

/** Whether more tries may confirm the logout. */
const mayBeConfirmedLater = (result: Result<LoggedOut> | undefined): boolean =>
  result?.kind === 'problem' && result.retryable === true && result.confirmed !== true;

/** A single logout waits for some seconds; a run tries again for a day. */
const describeRun = ({ commandLine }: Session, ids: readonly string[], options: Options): string => {
  const { reason = 'not confirmed', clearQueue, rotateToken } = options;
  const flags = `${clearQueue ? ' --clear-queue' : ''}${rotateToken ? ' --rotate-token' : ''}`;
  const command = `run --instances ${ids.join(' ')} --reason ${quote(reason)}${flags} --follow`;
  return `Start a run, which retries until the logout is confirmed: ${commandLine(command)}`;
};

export const logoutCommand = defineCommand<Options>({
  usage: 'logout [idInstance...]',
  summary: 'Log instances out now, one by one, and say for each whether it is confirmed.',
  details: `"Confirmed" means that GREEN-API reported the state notAuthorized after the logout.
An address instead of ids, or --owner, names a person. It shows the instances of that person with their live state,
protected ones included, and asks for confirmation. --yes skips both. It leaves out an instance that others share, and
a secret with this person's tags that is not named after an instance. It names them, and the exit code is then 1.
It is harmless to repeat. For many instances use the run command: it tries again until each is confirmed.
A logout ends the session at GREEN-API only: other linked devices stay linked, and the token stays valid.`,
  options: [
    new Option('--owner <identity>', 'log out every instance of this person'),
    new Option('--include-shared', 'also log out instances that the person shares with others'),
    new Option('--reason <text>', 'why; it is kept in the evidence'),
    new Option('--wait <seconds>', 'how long to wait for the confirmation, 0 to 20; from 10 on with a second reading')
      .default(secondReadingWaitSeconds)
      .argParser(wholeNumber(`of seconds from 0 to ${longestWaitSeconds}`, 0, longestWaitSeconds)),
    new Option('--clear-queue', 'also clear the queue of messages to send'),
    new Option('--rotate-token', 'also change the token, so that a copy of it cannot link the instance again'),
  ],
  examples: [
    'logout 1101000001 --reason "phone lost"',
    'logout john.doe@example.com --reason "phone stolen" --rotate-token',
    'logout 1101000001 1101000002 --yes --json',
  ],
  run: async (session, options, args) => {
    const owner = ownerIn(options, args);
    const given: Found | undefined =
      owner === undefined ? { ids: readInstanceIds(args), loggedOut: new Set(), isIncomplete: false } : undefined;
    const api = await session.api();
    const found = given ?? (await findInstancesOf(session, api, owner ?? '', options.includeShared === true));
    const { ids } = found;
    await confirm(session, `Log out ${ids.length === 1 ? ids[0] : `${ids.length} instances`} at ${api.url.host}?`);
    const { reason, clearQueue, rotateToken } = options;
    const body = defined({ reason: reason || undefined, clearQueue, rotateToken });
    const results = await logOutAll(session, ids, async (idInstance) => {
      const result = await api.logOut(idInstance, body, options.wait);
      const line = `${idInstance}  ${describeLogout(result, found.loggedOut.has(idInstance))}`;
      if (!session.options.json) session.print(line);
      else if ('body' in result) session.printJson(result.body);
      else session.note(line);
      return result;
    });
    // The answers were printed.
    if (results.every(isInvalidRequest)) throw new UsageError();
    const open = ids.filter((_, index) => mayBeConfirmedLater(results[index]));
    if (open.length > 0) session.note(describeRun(session, open, options));
    return !found.isIncomplete && results.every((result) => result.kind === 'ok' && result.value.confirmed);
  },
});
