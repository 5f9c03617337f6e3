import { Option } from 'commander';
import { countOf } from '../../client/count-of.ts';
import type { InstanceList } from '../../client/instance-list.ts';
import { pastInstant } from '../../functions/runs/past-instant.ts';
import type { RequestedRun, TargetKind } from '../../functions/runs/request.ts';
import { type Api, valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, UsageError } from '../errors.ts';
import { type StartOptions, startOptions, startRun } from '../follow-run.ts';
import { parseCount, readInstanceIds } from '../input/options.ts';
import { confirm, promptForText } from '../input/questions.ts';
import { nearestOf, warnOfUnreadable } from '../output/instances.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';

type Request = RequestedRun<'commandLine'>;
type Target = Request['target'];

const targetOptions = {
  group: new Option('--group <name>', 'log out the instances of this group'),
  owner: new Option('--owner <identity>', 'log out the instances of this person'),
  instances: new Option('--instances <ids...>', 'log out these instances'),
  all: new Option('--all', 'log out every instance that is not protected'),
} satisfies Record<TargetKind, Option>;

/** The option of each other field of a run. A field without an option does not compile. */
const fieldOptions = {
  except: new Option('--except <ids...>', 'leave these instances alone'),
  reason: new Option('--reason <text>', 'why; it is kept in the evidence'),
  dryRun: new Option('--dry-run', 'read each state and report what would fail; log nobody out'),
  clearQueue: new Option('--clear-queue', 'also clear the queue of messages to send'),
  rotateToken: new Option('--rotate-token', 'also change the token of each instance that was logged out'),
  watchDays: new Option('--watch-days <days>', 'days to watch whether an instance is linked again').argParser(
    parseCount,
  ),
  maxTargets: new Option('--max-targets <count>', 'fail before anything is done if there are more instances').argParser(
    parseCount,
  ),
  at: new Option('--at <instant>', 'wait until then, for example 2026-11-30T17:00:00+01:00'),
  expiresAt: new Option('--expires-at <instant>', 'do nothing after this instant'),
} satisfies Record<Exclude<keyof Request, 'target'>, Option>;

type Options = StartOptions &
  Partial<Omit<Request, 'target'>> & {
    readonly group?: string;
    readonly owner?: string;
    readonly all?: boolean;
    readonly instances?: readonly string[];
  };

const targetIn = ({ group, owner, all, instances }: Options): Target => {
  const targets: readonly Target[] = [
    ...(group === undefined ? [] : [{ group }]),
    ...(owner === undefined ? [] : [{ owner }]),
    ...(instances === undefined ? [] : [{ instances: readInstanceIds(instances) }]),
    ...(all ? ([{ all: true }] as const) : []),
  ];
  const [target] = targets;
  if (target === undefined || targets.length > 1)
    throw new UsageError('Give exactly one of --group, --owner, --instances and --all.');
  return target;
};

const bodyOf = (target: Target, reason: string, options: Options): Request => {
  const { except } = options;
  const fields = Object.entries(options).filter(([name]) => Object.hasOwn(fieldOptions, name));
  return { ...Object.fromEntries(fields), target, reason, ...(except && { except: readInstanceIds(except) }) };
};

const findTargets = async (api: Api, target: Target): Promise<InstanceList> => {
  if ('instances' in target)
    return { instances: target.instances.map((idInstance) => ({ idInstance, protected: false })) };
  return valueIn(await api.listInstances('all' in target ? {} : target));
};

/** That nobody has this owner or group, and who is near. A misspelt tag must not look like a success. */
const describeNobody = async (api: Api, target: Extract<Target, { owner: string } | { group: string }>) => {
  const list = await api.listInstances();
  const near = list.kind === 'ok' ? nearestOf(list.value.instances, target) : [];
  const [kind, value] = Object.entries(target)[0] ?? [];
  const lines = [`No instance has the ${kind} ${value}.`, ...(near.length > 0 ? ['Nearest:'] : [])];
  return [...lines, ...near.map((line) => `  ${line}`)].map(printable).join('\n');
};

/** @throws CommandFailed if there is none; a later run may find some */
const describeTargets = async (session: Session, api: Api, { target, except, at }: Request): Promise<string> => {
  const excepted: readonly string[] = except ?? [];
  const list = await findTargets(api, target);
  const found = list.instances.filter(({ idInstance }) => !excepted.includes(idInstance));
  warnOfUnreadable(session, list);
  if (list.instances.length === 0 && at === undefined && ('owner' in target || 'group' in target))
    throw new CommandFailed(
      `${await describeNobody(api, target)}\nNothing was started. To start it all the same, add --yes.`,
    );
  if (found.length === 0 && at === undefined)
    throw new CommandFailed(
      'No instance matches the target, so nothing was started. The instances command lists them.',
    );
  const spared = found.filter((instance) => instance.protected).length;
  return `${countOf(found.length - spared, 'instance')}${spared > 0 ? ` (${spared} protected ${spared === 1 ? 'one is' : 'ones are'} skipped)` : ''}`;
};

/** Says before a run that nobody is asked about starts, that it would find nobody now. */
const noteIfNobody = async (session: Session, api: Api, { target, at, dryRun }: Request): Promise<void> => {
  if (at !== undefined || !('owner' in target || 'group' in target)) return;
  const list = await api.listInstances(target);
  if (list.kind !== 'ok' || list.value.instances.length > 0) return;
  const later =
    'owner' in target && !dryRun ? '\nA new tag may be late, so the run looks again after five minutes.' : '';
  session.note(`${await describeNobody(api, target)}${later}`);
};

export const runCommand = defineCommand<Options>({
  usage: 'run',
  summary: 'Start a run: log out a group, a person, a list or all, until each logout is confirmed.',
  details: `A run goes on without this program. It tries again until every logout is confirmed or the run expires.
Ctrl-C while following leaves the run as it is. --dry-run reads each state and logs nobody out.
With --follow the exit code is 0 only if every instance was confirmed. Protected ones are skipped.`,
  options: [...Object.values(targetOptions), ...Object.values(fieldOptions), ...startOptions],
  examples: [
    'run --group sales --reason "phones stolen" --dry-run --follow',
    'run --owner john.doe@example.com --reason "left the company" --follow',
    'run --instances 1101000001 1101000002 --reason "phones lost" --clear-queue --yes',
  ],
  run: async (session, options) => {
    const target = targetIn(options);
    const reason = options.reason ?? (await promptForText(session, 'Reason (kept in the evidence):', '--reason'));
    const body = bodyOf(target, reason, options);
    // Repeated with its key, it may be a run that was started in time.
    const past = options.idempotencyKey === undefined ? pastInstant(body, session.terminal.now()) : undefined;
    if (past !== undefined) throw new UsageError(`${fieldOptions[past.field].long} ${past.rule}.`);
    const api = await session.api();
    if (options.dryRun || session.options.yes) await noteIfNobody(session, api, body);
    else await confirm(session, `Log out ${await describeTargets(session, api, body)} at ${api.url.host}?`);
    return startRun(session, (key) => api.startRun(body, key), options);
  },
});
