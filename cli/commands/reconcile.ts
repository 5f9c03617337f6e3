import { Option } from 'commander';
import type { Instance } from '../../client/answers.ts';
import { valueIn } from '../api/failure.ts';
import { defineCommand } from '../command.ts';
import { type ExitCode, exitCodes } from '../errors.ts';
import { collect } from '../input/collect.ts';
import { readInput } from '../input/read-input.ts';
import { readRoster } from '../input/read-roster.ts';
import { formatInstances } from '../output/instance-table.ts';
import { warnOfUnreadable } from '../output/warn-of-unreadable.ts';
import type { Session } from '../session.ts';

type Options = { readonly column?: readonly string[] };

type Report = {
  /** None of their owners is on the roster. */
  readonly leavers: readonly Instance[];
  readonly withoutOwner: readonly Instance[];
};

const compare = async (instances: readonly Instance[], roster: readonly string[]): Promise<Report> => {
  const { canonicalIdentity, parseOwner } = await import('../../functions/instances/directory.ts');
  const everybody = new Set(roster.map(canonicalIdentity));
  const isKnown = (owner: string) => parseOwner(owner).some((identity) => everybody.has(canonicalIdentity(identity)));
  return {
    leavers: instances.filter(({ owner }) => owner !== undefined && !isKnown(owner)),
    withoutOwner: instances.filter(({ owner }) => owner === undefined),
  };
};

const printReport = async (session: Session, { leavers, withoutOwner }: Report): Promise<void> => {
  if (leavers.length === 0) session.print('Every instance that has an owner belongs to somebody on the roster.');
  else session.print(`${leavers.length} with an owner who is not on the roster:\n\n${await formatInstances(leavers)}`);
  if (withoutOwner.length > 0)
    session.print(`\n${withoutOwner.length} without an owner:\n\n${await formatInstances(withoutOwner)}`);
  const ids = leavers.filter((instance) => !instance.protected).map(({ idInstance }) => idInstance);
  if (ids.length > 0)
    session.print(
      `\nTo log them out:\n${session.commandLine(`run --reason "not on the roster" --follow --instances ${ids.join(' ')}`)}`,
    );
};

export const reconcileCommand = defineCommand<Options>({
  usage: 'reconcile <roster>',
  summary: 'Compare the owners of all instances with a list of everybody who belongs to the company.',
  details: `Nothing is changed. The roster is a list of identities, one per line, or a CSV file with a head; - reads the input.
E-mail addresses are compared without regard to case, ids exactly. The exit code is 1 if an owner is not on the roster,
or if a secret is not understood, because it may be somebody's instance.`,
  options: [
    new Option(
      '--column <names>',
      'columns that hold identities, separated by commas (default: the only one, or the one named email)',
    ).argParser(collect),
  ],
  examples: ['reconcile staff.csv --column email,oktaId', 'reconcile staff.txt --json'],
  run: async (session, { column }, [file = '']): Promise<ExitCode> => {
    const roster = readRoster(file, await readInput(session, file), column);
    const list = valueIn(await (await session.api()).listInstances());
    const { instances, ...unreadable } = list;
    const report = await compare(instances, roster);
    const isUnderstood = !warnOfUnreadable(session, list);
    if (session.options.json) session.printJson({ ...report, ...unreadable });
    else await printReport(session, report);
    return report.leavers.length === 0 && isUnderstood ? exitCodes.done : exitCodes.failed;
  },
});
