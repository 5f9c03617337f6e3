import { createPeople } from '../../../functions/instances/people.ts';

const okta = '00u3m90rxKjGQ0G6L1d6';
const identityCenter = '6d321996-eab8-4d2e-9f41-0db53b051a5b';

const fleet = [
  { idInstance: '3', owner: `john.doe@example.com ${okta}`, name: 'John Doe', phone: '345678' },
  { idInstance: '4', owner: `John.Doe@example.com ${identityCenter}`, name: 'John Doe', phone: '119944' },
  { idInstance: '5', owner: 'john.doe@example.com kim@example.com', name: 'Support desk', phone: '454567' },
  { idInstance: '6', owner: 'kim@example.com', name: 'Kim Lee', phone: '220011' },
  { idInstance: '7', name: 'Nobody’s phone', phone: '777777' },
  { idInstance: '8', owner: 'jdoe 00u3m90rxKjGQ0G6L1d7' },
];

const people = createPeople(fleet);

/** Each person as the identity and its instances, those marked that others share. */
const shown = (text: string) =>
  people
    .search(text)
    .map(
      ({ identity, instances }) =>
        `${identity}: ${instances.map(({ idInstance, sharedWith }) => `${idInstance}${sharedWith.length > 0 ? '*' : ''}`).join(' ')}`,
    );

test.each([
  ['a part of an address', 'john.d', ['john.doe@example.com: 3 4 5*']],
  ['an id of a provider, and not a chain from it', okta, [`${okta}: 3`]],
  ['the number of a phone', '…5678', ['john.doe@example.com: 3 4 5*']],
  ['the number of a shared phone', '4567', ['john.doe@example.com: 3 4 5*', 'kim@example.com: 5* 6']],
  ['a name', 'kim lee', ['kim@example.com: 5* 6']],
  ['a name that is half typed, whose letters are in ids too', 'john d', ['john.doe@example.com: 3 4 5*']],
  ['a phone without an owner', '777777', ['undefined: 7']],
  ['two identities of one person and the same instances, once', 'jdoe 00u3m', ['jdoe: 8']],
  ['an identity beside an id of the same person', 'jdoe', ['jdoe: 8']],
  ['nobody', 'carl', []],
])('a person is one identity and its instances: %s', (_what, text, expected) => {
  expect(shown(text)).toEqual(expected);
});

test('a person has names, further identities of their own, and says by what it was found', () => {
  const [john] = people.search('345678');

  expect(john).toMatchObject({
    identity: 'john.doe@example.com',
    names: ['John Doe'],
    alsoKnownAs: [okta, identityCenter],
    matchedBy: ['phone'],
  });
  expect(john?.instances.map(({ sharedWith }) => sharedWith)).toEqual([[], [], ['kim@example.com']]);
});

test('a person can be chosen by any spelling of the identity', () => {
  expect(people.find('JOHN.DOE@EXAMPLE.COM').instances.map(({ idInstance }) => idInstance)).toEqual(['3', '4', '5']);
  expect(people.find('carl@example.com').instances).toEqual([]);
});

test('two ids of one kind are two people, and two of different kinds are one', () => {
  const ids = createPeople([
    { idInstance: '1', owner: '00u3m90rxKjGQ0G6L1d6 00u3m90rxKjGQ0G6L1d7' },
    { idInstance: '2', owner: `jdoe ${identityCenter}` },
    { idInstance: '3', owner: 'jdoe ann@example.com bob@example.com' },
  ]);

  expect(ids.find(okta).instances).toMatchObject([{ sharedWith: ['00u3m90rxKjGQ0G6L1d7'] }]);
  expect(ids.find('jdoe').instances).toMatchObject([
    { idInstance: '2', sharedWith: [] },
    { idInstance: '3', sharedWith: ['ann@example.com', 'bob@example.com'] },
  ]);
});

test('two people who share all their instances are both shown', () => {
  const two = createPeople([{ idInstance: '1', owner: 'jdoe 00u3m90rxKjGQ0G6L1d6 00u3m90rxKjGQ0G6L1d7' }]);

  expect(two.search('jdoe 00u3m').map(({ identity }) => identity)).toEqual([okta, '00u3m90rxKjGQ0G6L1d7', 'jdoe']);
});

test('who is found by the number stands before who is found by a part of the id', () => {
  const two = createPeople([
    { idInstance: '1101004567', owner: 'ann@example.com' },
    { idInstance: '2', owner: 'kim@example.com', phone: '234567' },
  ]);

  expect(two.search('4567').map(({ identity, matchedBy }) => [identity, matchedBy])).toEqual([
    ['kim@example.com', ['phone']],
    ['ann@example.com', ['id']],
  ]);
});
