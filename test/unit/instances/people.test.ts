import { findNearest, findNearestNames } from '../../../functions/instances/nearest.ts';
import { sharedWith } from '../../../functions/instances/owner-identities.ts';
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

test('an instance without an owner is found by its name, as nobody’s', () => {
  const [item] = fleet.filter(({ idInstance }) => idInstance === '7');

  expect(people.search('nobody')).toEqual([
    { names: ['Nobody’s phone'], alsoKnownAs: [], matchedBy: ['name'], instances: [{ ...item, sharedWith: [] }] },
  ]);
});

test('nobody is chosen by no identity', () => {
  expect(people.find(' ')).toEqual({ names: [], alsoKnownAs: [], matchedBy: [], instances: [] });
  expect(people.find('jdoe')).toMatchObject({ identity: 'jdoe', names: [], matchedBy: [] });
});

test('the name of a shared phone is the name of a person who has no other', () => {
  const two = createPeople([
    { idInstance: '1', owner: 'ann@example.com' },
    { idInstance: '2', owner: 'ann@example.com kim@example.com', name: 'Support desk' },
  ]);

  expect(two.find('ann@example.com').names).toEqual(['Support desk']);
});

test('an instance is known by the best-known identity on its tag', () => {
  const one = createPeople([{ idInstance: '1101000009', owner: `${okta} jdoe` }]);

  expect(one.search('1101000009').map(({ identity }) => identity)).toEqual(['jdoe']);
});

test('of several people on a tag, those are found whom a word names', () => {
  const three = createPeople([{ idInstance: '1', owner: 'ann@example.com kim@example.com bob@example.com' }]);

  expect(three.search('ann kim').map(({ identity }) => identity)).toEqual(['ann@example.com', 'kim@example.com']);
});

test('two identities with different instances are both shown, whoever has them', () => {
  const three = createPeople([
    { idInstance: '1', owner: `kim00u@example.com ${okta}` },
    { idInstance: '2', owner: 'kim00u@example.com' },
    { idInstance: '3', owner: okta },
  ]);

  expect(three.search('00u').map(({ identity }) => identity)).toEqual([okta, 'kim00u@example.com']);
});

test('the first people are those of the first instances that are wanted', () => {
  const first = people.first(4, ({ idInstance }) => idInstance !== '3');

  expect(first.map(({ identity, matchedBy }) => [identity, matchedBy])).toEqual([
    ['John.Doe@example.com', []],
    ['kim@example.com', []],
    [undefined, []],
  ]);
});

test.each([
  ['ann@example.com jdoe', 'ann@example.com', []],
  [`ann@example.com ${okta} ${identityCenter}`, 'ann@example.com', []],
  [`jdoe ${okta}`, 'jdoe', []],
  [`jdoe x${okta}`, 'jdoe', [`x${okta}`]],
  [`jdoe ${okta}x`, 'jdoe', [`${okta}x`]],
  [`jdoe 93670dc30f-${identityCenter}`, 'jdoe', []],
  [`jdoe x${identityCenter}`, 'jdoe', [`x${identityCenter}`]],
  [`jdoe ${identityCenter}x`, 'jdoe', [`${identityCenter}x`]],
  [`jdoe 9-${identityCenter}`, 'jdoe', [`9-${identityCenter}`]],
  ['bob@example.com ann@example.com ANN@example.com', 'bob@example.com', ['ANN@example.com']],
  ['bob@example.com ann@example.com kim', 'kim', ['bob@example.com', 'ann@example.com']],
  ['bob@example.com ann@example.com', 'bob@example.com ann@example.com', []],
  ['bob@example.com ann@example.com', 'kim@example.com', []],
])('an instance of %s is shared by %s with %j', (owner, person, others) => {
  expect(sharedWith({ owner }, person)).toEqual(others);
});

describe('whom a search that found nobody may have meant', () => {
  const instances = [
    { idInstance: '1', owner: 'john.doe@example.com 00u1', name: 'John Doe', phone: '234567' },
    { idInstance: '2', owner: 'john.doe@example.com 00u1', name: 'John Doe', phone: '234567' },
    { idInstance: '3', owner: 'maria@example.com', name: 'Maria van der Berg', phone: '119944' },
    { idInstance: '4', owner: 'jdoering', phone: '45671' },
    { idInstance: '5', name: 'Müller', phone: '234' },
    { idInstance: '6' },
  ];
  const john = { name: 'John Doe', identity: 'john.doe@example.com', phone: '234567' };
  const maria = { name: 'Maria van der Berg', identity: 'maria@example.com', phone: '119944' };
  const doering = { identity: 'jdoering', phone: '45671' };

  test.each([
    ['a similar name', 'jon doe', [john]],
    ['a similar mailbox', 'john.dow', [john]],
    ['a mailbox without a name', ' jdoerring ', [doering]],
    ['a word of the name', 'bergh', [maria]],
    ['a word between spaces', '   dow   ', [john]],
    ['a name without its mark', 'muler', [{ name: 'Müller', phone: '234' }]],
    ['the nearest first', 'jdoer', [doering, john]],
    ['an address, whose host says nothing', '@example.com', []],
    ['a name with as little in common as two names have', 'joan', []],
    ['one digit that was misheard', '234569', [john]],
    ['two digits that were exchanged', '234576', [john]],
    ['the number with its beginning', '+49 170 1234569', [john]],
    ['the end of a number', '4576', [john]],
    ['a number that is kept shorter', '170 45617', [doering]],
    ['two digits that were not exchanged', '234578', []],
    ['three digits that were', '234675', []],
    ['too few digits to tell', '239', []],
    ['the number itself, which is nothing that was misheard', '119944', []],
  ])('%s: %s', (_what, text, expected) => {
    expect(findNearest(instances, text)).toEqual(expected);
  });

  test('are three at most', () => {
    const many = ['1', '2', '3', '4'].map((id) => ({ idInstance: id, name: `Anna ${id}` }));

    expect(findNearest(many, 'anna')).toEqual([{ name: 'Anna 1' }, { name: 'Anna 2' }, { name: 'Anna 3' }]);
    expect(findNearest(many, 'anna', 1)).toHaveLength(1);
  });

  test('are told apart by their number only if a number was searched', () => {
    const two = ['234567', '294567'].map((phone) => ({ idInstance: phone, name: 'Kim Lee', phone }));

    expect(findNearest(two, 'kim le')).toHaveLength(1);
    expect(findNearest(two, '284567')).toHaveLength(2);
  });

  test.each([
    ['sale', ['sales', 'Sales EMEA']],
    ['SALES', ['sales', 'Sales EMEA']],
    ['suport', ['support']],
    ['desk', []],
    ['x', []],
  ])('the groups nearest to %s are %j', (text, expected) => {
    expect(findNearestNames(['support', 'Sales EMEA', 'sales', 'sales'], text)).toEqual(expected);
  });

  test('no more than three groups are named', () => {
    expect(findNearestNames(['Sales 1', 'Sales 2', 'Sales 3', 'Sales'], 'sales')).toEqual([
      'Sales',
      'Sales 1',
      'Sales 2',
    ]);
  });
});
