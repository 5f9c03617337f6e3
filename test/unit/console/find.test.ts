import type { InstanceList } from '../../../client/instance-list.ts';
import type { Result } from '../../../client/result.ts';
import {
  addressOf,
  groupsOf,
  nameOf,
  nearestTo,
  resultsOf,
  shownOf,
} from '../../../console/page/find/search-results.ts';
import { createInstanceList, describeReading } from '../../../console/page/instances/instance-list.ts';
import { createPeople } from '../../../functions/instances/people.ts';

const fleet = [
  { idInstance: '1', owner: 'ann@example.com', name: 'Ann Lee', phone: '771001', group: 'sales', protected: false },
  { idInstance: '2', owner: 'ann@example.com', name: 'Ann Lee', phone: '771002', group: 'support', protected: false },
  {
    idInstance: '3',
    owner: 'john.doe@example.com',
    name: 'John Doe',
    phone: '234567',
    group: 'support',
    protected: false,
  },
  { idInstance: '4', protected: false },
];
const people = createPeople(fleet);

test.each([
  ['nothing', { text: '', group: '' }, ['Ann Lee', 'John Doe', 'Instance 4']],
  ['too little to search for', { text: 'jo', group: '' }, ['Ann Lee', 'John Doe', 'Instance 4']],
  ['a group', { text: '', group: 'sales' }, ['Ann Lee']],
  ['a number', { text: '4567', group: '' }, ['John Doe']],
  ['a name in another group', { text: 'john', group: 'sales' }, []],
])('the list shows whom the search means: %s', (_what, search, expected) => {
  expect(resultsOf(people, search, 50).map(nameOf)).toEqual(expected);
});

test('a person has a page by the identity, and an instance without an owner one by its id', () => {
  const found = resultsOf(people, { text: '', group: '' }, 50);

  expect(found.map(addressOf)).toEqual([
    '#/person/ann%40example.com',
    '#/person/john.doe%40example.com',
    '#/instance/4',
  ]);
  expect(groupsOf(fleet)).toEqual(['sales', 'support']);
});

test('people are shown whole, as long as their instances fit', () => {
  const found = resultsOf(people, { text: '', group: '' }, 50);

  expect(shownOf(found, 1).map(nameOf)).toEqual(['Ann Lee']);
  expect(shownOf(found, 3).map(nameOf)).toEqual(['Ann Lee', 'John Doe']);
});

test('who may be meant is named once, and by the number if a number was searched', () => {
  expect(nearestTo(fleet, 'an lee')).toEqual([{ label: 'Ann Lee', text: 'ann@example.com' }]);
  expect(nearestTo(fleet, '234576')).toEqual([{ label: 'John Doe …234567', text: '234567' }]);
});

/** A list whose pages the test delivers. */
const setUp = () => {
  let deliver: (soFar: InstanceList) => void = () => {};
  let end: (result: Result<InstanceList>) => void = () => {};
  let calls = 0;
  let at = 0;
  const reader = createInstanceList({
    listInstances: (_filter, onPage = () => {}) => {
      calls += 1;
      deliver = onPage;
      return new Promise((resolve) => {
        end = resolve;
      });
    },
    now: () => at,
  });
  const settle = async (result: Result<InstanceList>): Promise<void> => {
    end(result);
    await new Promise(setImmediate);
  };
  return {
    ...reader,
    deliver: (list: InstanceList) => deliver(list),
    settle,
    calls: () => calls,
    pass: (ms: number) => (at += ms),
  };
};

const many = Array.from({ length: 300 }, (_, at) => ({
  idInstance: String(at),
  name: `Person ${at}`,
  protected: false,
}));
const ok = (instances: InstanceList['instances']): Result<InstanceList> => ({
  kind: 'ok',
  value: { instances },
  body: {},
});
const lost: Result<InstanceList> = { kind: 'problem', status: 503, body: {}, mayTakeEffect: false };

test('what has been read can be searched before the rest arrives, and all of it in the end', async () => {
  const { store, refresh, deliver, settle } = setUp();
  const found = (text: string) => store.get().people.search(text).length;
  refresh(0);

  deliver({ instances: many.slice(0, 100) });
  const first = [found('person 7'), describeReading(store.get(), 300)];
  deliver({ instances: many.slice(0, 200) });
  const second = [found('person 150'), describeReading(store.get(), 0)];
  await settle(ok(many));

  expect(first).toEqual([19, '100 of about 300 read']);
  expect(second).toEqual([1, '200 read, more to come']);
  expect([found('person 299'), describeReading(store.get(), 0)]).toEqual([1, '300 instances']);
});

test('the list is read again only when it is old, and stays while it is read', async () => {
  const { store, refresh, deliver, settle, calls, pass } = setUp();
  refresh(60_000);
  refresh(60_000);
  await settle(ok(many));
  refresh(60_000);
  pass(60_000);
  refresh(60_000);

  deliver({ instances: many.slice(0, 100) });

  expect(calls()).toBe(2);
  expect(store.get()).toMatchObject({ isReading: true, list: { instances: many } });
});

test('a list that breaks off keeps what it has, says so, and is read again on demand', async () => {
  const { store, refresh, deliver, settle, calls } = setUp();
  refresh(0);
  deliver({ instances: many.slice(0, 100) });

  await settle(lost);

  expect(describeReading(store.get(), 0)).toBe('100 read, then it failed');
  expect(store.get().problem).toBe(lost);
  refresh(60_000);
  expect(calls()).toBe(2);
  expect(store.get().problem).toBeUndefined();
});
