import { type Instance, type InstanceState, isLoggedOut } from '../../client/answers.ts';
import { countOf } from '../../client/count-of.ts';
import type { Result } from '../../client/result.ts';
import type { Person } from '../../functions/instances/people.ts';
import type { MatchedBy } from '../../functions/instances/search.ts';
import type { Session } from '../session.ts';
import { describeReading, describeRemarks } from './instances.ts';
import { printable, quote } from './printable.ts';
import { formatTable } from './table.ts';

/** The states that were read, by id. An instance without one was not asked for. */
export type Readings = ReadonlyMap<string, Result<InstanceState>>;

const foundBy = { phone: 'phone number', owner: 'owner', name: 'name', id: 'id' } as const satisfies Record<
  MatchedBy,
  string
>;

/** `John Doe, john.doe@example.com, found by phone number`. */
const describeIdentity = ({ names, identity, alsoKnownAs, matchedBy }: Person<Instance>): string => {
  const who = [...names, identity ?? 'no owner'].join(', ');
  const also = alsoKnownAs.length === 0 ? '' : ` (also ${alsoKnownAs.join(', ')})`;
  return printable(`${who}${also}, found by ${matchedBy.map((field) => foundBy[field]).join(' and ')}`);
};

/** Whether the person is out, in one sentence. */
const describeAnswer = ({ instances }: Person<Instance>, readings: Readings): string => {
  const read = instances.flatMap(({ idInstance }) => {
    const reading = readings.get(idInstance);
    return reading?.kind === 'ok' ? [reading.value] : [];
  });
  const open = read.filter((state) => !isLoggedOut(state)).length;
  const unread = instances.length - read.length;
  const unreadNote = unread === 0 ? '' : ` The state of ${countOf(unread, 'instance')} could not be read.`;
  if (open > 0)
    return `${open} of ${countOf(instances.length, 'instance')} ${open === 1 ? 'is' : 'are'} not logged out.${unreadNote}`;
  return unread === 0 ? 'Everything of this person is logged out.' : unreadNote.trim();
};

const formatInstancesOf = ({ instances }: Person<Instance>, readings: Readings): Promise<string> =>
  formatTable(
    ['INSTANCE', 'STATE', 'PHONE', 'GROUP', ''],
    instances.map((instance) => {
      const { idInstance, phone, group, sharedWith } = instance;
      const reading = readings.get(idInstance);
      const remarks = describeRemarks(instance, sharedWith);
      return [idInstance, reading && describeReading(reading), phone && `…${phone}`, group, remarks];
    }),
  );

/** As long as the API waits: with less, a slow logout would not be confirmed. */
const logoutOf = ({ commandLine }: Session, instances: readonly Instance[]): string =>
  commandLine(`logout ${instances.map(({ idInstance }) => idInstance).join(' ')} --wait 20`);

/** What to paste. An instance that others share is not in the first command. */
const describeNext = (session: Session, { instances }: Person<Instance>): readonly string[] => {
  const own = instances.filter(({ sharedWith }) => sharedWith.length === 0);
  const shared = instances.filter(({ sharedWith }) => sharedWith.length > 0);
  return [
    ...(own.length > 0 ? [`Log out: ${logoutOf(session, own)}`] : []),
    ...(shared.length > 0 ? [`Shared, so a logout meets others too: ${logoutOf(session, shared)}`] : []),
  ];
};

/** A person, their instances with states, and the commands that log them out. */
export const formatPerson = async (session: Session, person: Person<Instance>, readings: Readings): Promise<string> =>
  [
    describeIdentity(person),
    describeAnswer(person, readings),
    '',
    await formatInstancesOf(person, readings),
    '',
    ...describeNext(session, person),
  ].join('\n');

/** The same for programs. */
export const personAsJson = ({ instances, ...person }: Person<Instance>, readings: Readings): object => ({
  ...person,
  instances: instances.map((instance) => {
    const reading = readings.get(instance.idInstance);
    return { ...instance, ...(reading?.kind === 'ok' && reading.value) };
  }),
});

/** A further identity of the person with more instances, which this search leaves out on purpose. */
export const describeFurther = (session: Session, identity: string, count: number): string =>
  printable(`${identity} has ${countOf(count, 'more instance')}: ${session.commandLine(`find ${quote(identity)}`)}`);
