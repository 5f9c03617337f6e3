import { type Instance, type InstanceState, isLoggedOut } from '../../client/answers.ts';
import { countOf } from '../../client/count-of.ts';
import type { InstanceList } from '../../client/instance-list.ts';
import type { Result } from '../../client/result.ts';
import { findNearest } from '../../functions/instances/nearest.ts';
import { createPeople, type Person } from '../../functions/instances/people.ts';
import { type MatchedBy, matchOf, parseSearch, prepare, queryPattern } from '../../functions/instances/search.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { type Api, parallelCalls, valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { describeNearest, describeReading, describeRemarks, warnOfUnreadable } from '../output/instances.ts';
import { printable, quote } from '../output/printable.ts';
import { formatTable } from '../output/table.ts';
import type { Session } from '../session.ts';

/** The states that were read, by id. An instance without one was not asked for. */
type Readings = ReadonlyMap<string, Result<InstanceState>>;

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
    ...(shared.length > 0 ? [`Shared, so a logout affects others too: ${logoutOf(session, shared)}`] : []),
  ];
};

const formatPerson = async (session: Session, person: Person<Instance>, readings: Readings): Promise<string> =>
  [
    describeIdentity(person),
    describeAnswer(person, readings),
    '',
    await formatInstancesOf(person, readings),
    '',
    ...describeNext(session, person),
  ].join('\n');

const personAsJson = ({ instances, ...person }: Person<Instance>, readings: Readings): object => ({
  ...person,
  instances: instances.map((instance) => {
    const reading = readings.get(instance.idInstance);
    return { ...instance, ...(reading?.kind === 'ok' && reading.value) };
  }),
});

/** A further identity of the person with more instances, which this search leaves out on purpose. */
const describeFurther = (session: Session, identity: string, count: number): string =>
  printable(`${identity} has ${countOf(count, 'more instance')}: ${session.commandLine(`find ${quote(identity)}`)}`);

/** More people than this are no answer to a question about one. */
const mostPeople = 10;

/** Pages between two lines about the progress. A page has about 100 instances. */
const pagesPerLine = 5;

const describeFound = (names: readonly string[]): string =>
  names.length === 0 ? '' : `, found ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and others' : ''}`;

/** Lists all instances, and shows now and then how many have been read and whom it has found so far. */
const listAll = async (session: Session, api: Api, text: string): Promise<InstanceList> => {
  const query = parseSearch(text);
  const found = new Set<string>();
  let read = 0;
  let pages = 0;
  const list = await api.listInstances({}, ({ instances }) => {
    const matching = instances.slice(read).filter((instance) => matchOf(prepare(instance), query).length > 0);
    for (const { name, owner, idInstance } of matching) found.add(name ?? owner ?? idInstance);
    read = instances.length;
    pages += 1;
    if (pages % pagesPerLine === 0)
      session.note(printable(`${countOf(read, 'instance')} read${describeFound([...found])} …`));
  });
  return valueIn(list);
};

/** Reads each instance once, although several people may share it. */
const readStates = async (api: Api, people: readonly Person<Instance>[]): Promise<Readings> => {
  const ids = [...new Set(people.flatMap(({ instances }) => instances.map(({ idInstance }) => idInstance)))];
  const states = await inParallel(parallelCalls, ids, async (id) => [id, await api.readState(id)] as const);
  return new Map(states);
};

const sayNobody = (session: Session, text: string, { instances }: InstanceList): void => {
  const withPhone = instances.filter(({ phone }) => phone !== undefined).length;
  const nearest = findNearest(instances, text).map((each) => `  ${printable(describeNearest(each))}`);
  const lines = [
    `Nobody found for ${printable(text)}. Searched: id, owner and name of ${countOf(instances.length, 'instance')}; ${withPhone} of them have a phone number.`,
    ...(nearest.length > 0 ? ['Nearest:', ...nearest] : []),
    'Not enrolled? An instance without a secret cannot be logged out from here. The enroll command adds one. The device can also be unlinked on the phone.',
    'A changed tag may take five minutes to show.',
  ];
  session.note(lines.join('\n'));
};

const furtherOf = (
  session: Session,
  find: ReturnType<typeof createPeople<Instance>>['find'],
  person: Person<Instance>,
) =>
  person.alsoKnownAs.flatMap((identity) => {
    const ids = new Set(person.instances.map(({ idInstance }) => idInstance));
    const more = find(identity).instances.filter(({ idInstance }) => !ids.has(idInstance)).length;
    return more > 0 ? [describeFurther(session, identity, more)] : [];
  });

export const findCommand = defineCommand({
  usage: 'find [query...]',
  summary:
    'Find a person by name, address, id or the last digits of a phone number, with the live state of each instance.',
  details: `Three characters or more: a part of an id, an owner or a name, or the last digits of a number however they are
written. A person is one identity with the instances whose owner tag holds it. For each person it prints the command that
logs everything of them out. An instance that others share is marked and has a command of its own.
Numbers are those of the day of enrolment: see enroll --phone. Quote what your shell would change, such as brackets.`,
  examples: ['find 4567', 'find "+49 (0) 170 …4567"', 'find john.doe@example.com', 'find john doe --json'],
  run: async (session, _options, args) => {
    const text = args.join(' ').trim();
    if (!queryPattern.test(text))
      throw new UsageError(
        'Search for at least 3 characters: part of an id, owner or name, or the last digits of a number.',
      );
    const api = await session.api();
    const list = await listAll(session, api, text);
    const { search, find } = createPeople(list.instances);
    const found = search(text);
    const people = found.slice(0, mostPeople);
    const readings = await readStates(api, people);
    warnOfUnreadable(session, list);
    if (session.options.json)
      session.printJson({ people: people.map((person) => personAsJson(person, readings)), found: found.length });
    else
      for (const person of people) {
        session.print(`${await formatPerson(session, person, readings)}\n`);
        for (const line of furtherOf(session, find, person)) session.print(`${line}\n`);
      }
    if (found.length === 0) sayNobody(session, text, list);
    if (found.length > people.length)
      session.note(`${found.length - people.length} more people match. Search for more of the name or number.`);
    return found.length > 0;
  },
});
