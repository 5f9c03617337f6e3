import { nextFirings } from '../../../infra/configuration/schedules/firings.ts';

type Question = { readonly text: string; readonly timeZone?: string; readonly after: string; readonly count?: number };

const firings = ({ text, timeZone = 'UTC', after, count = 3 }: Question): readonly string[] =>
  nextFirings({ expression: text, timeZone }, new Date(after), count).map((firing) =>
    firing.toISOString().replace(':00.000Z', 'Z'),
  );

test.each([
  ['a time of day', 'cron(0 22 * * ? *)', ['2026-11-01T22:00Z', '2026-11-02T22:00Z', '2026-11-03T22:00Z']],
  ['1 as Sunday', 'cron(0 22 ? * 1 *)', ['2026-11-01T22:00Z', '2026-11-08T22:00Z', '2026-11-15T22:00Z']],
  ['2-6 as the working days', 'cron(0 22 ? * 2-6 *)', ['2026-11-02T22:00Z', '2026-11-03T22:00Z', '2026-11-04T22:00Z']],
  ['a lone L as Saturday', 'cron(0 22 ? * L *)', ['2026-11-07T22:00Z', '2026-11-14T22:00Z', '2026-11-21T22:00Z']],
  ['6L as the last Friday', 'cron(0 22 ? * 6L *)', ['2026-11-27T22:00Z', '2026-12-25T22:00Z', '2027-01-29T22:00Z']],
  [
    '3#2 as the second Tuesday',
    'cron(0 22 ? * 3#2 *)',
    ['2026-11-10T22:00Z', '2026-12-08T22:00Z', '2027-01-12T22:00Z'],
  ],
  ['L as the last day', 'cron(0 22 L * ? *)', ['2026-11-30T22:00Z', '2026-12-31T22:00Z', '2027-01-31T22:00Z']],
  [
    'LW as the last working day',
    'cron(0 22 LW 1,2,7 ? *)',
    ['2027-01-29T22:00Z', '2027-02-26T22:00Z', '2027-07-30T22:00Z'],
  ],
  [
    '15W as the nearest working day',
    'cron(0 22 15W 5,8,11 ? *)',
    ['2026-11-16T22:00Z', '2027-05-14T22:00Z', '2027-08-16T22:00Z'],
  ],
  ['1W within its month', 'cron(0 22 1W 5,8 ? *)', ['2027-05-03T22:00Z', '2027-08-02T22:00Z', '2028-05-01T22:00Z']],
  [
    'a step from a value to the end',
    'cron(40/15 22 * * ? *)',
    ['2026-11-01T22:40Z', '2026-11-01T22:55Z', '2026-11-02T22:40Z'],
  ],
  ['leap days', 'cron(0 22 29 2 ? *)', ['2028-02-29T22:00Z', '2032-02-29T22:00Z', '2036-02-29T22:00Z']],
  ['the years it names', 'cron(0 22 1 1 ? 2026,2030-2031)', ['2030-01-01T22:00Z', '2031-01-01T22:00Z']],
  ['no day that never comes', 'cron(0 22 31 2 ? *)', []],
  ['nothing once its years are over', 'cron(0 22 * * ? 2025)', []],
])('understands %s', (_, text, expected) => {
  expect(firings({ text, after: '2026-11-01T12:00:00Z' })).toEqual(expected);
});

test('leaves out a firing at the given instant itself', () => {
  const text = 'cron(0 22 * * ? *)';

  expect(firings({ text, after: '2026-11-01T21:59:59.999Z', count: 1 })).toEqual(['2026-11-01T22:00Z']);
  expect(firings({ text, after: '2026-11-01T22:00:00.000Z', count: 1 })).toEqual(['2026-11-02T22:00Z']);
  expect(firings({ text, after: '2026-11-01T22:00:00.001Z', count: 1 })).toEqual(['2026-11-02T22:00Z']);
});

test.each([
  [
    'Europe/Berlin',
    'cron(30 2 * * ? *)',
    '2027-03-26T12:00:00Z',
    ['2027-03-27T01:30Z', '2027-03-29T00:30Z', '2027-03-30T00:30Z'],
  ],
  [
    'America/New_York',
    'cron(30 2 * * ? *)',
    '2027-03-12T12:00:00Z',
    ['2027-03-13T07:30Z', '2027-03-15T06:30Z', '2027-03-16T06:30Z'],
  ],
  [
    'Australia/Lord_Howe',
    'cron(15 2 * * ? *)',
    '2026-10-02T12:00:00Z',
    ['2026-10-02T15:45Z', '2026-10-04T15:15Z', '2026-10-05T15:15Z'],
  ],
])(
  'skips the day whose local time does not exist in %s, as the clocks go forward',
  (timeZone, text, after, expected) => {
    expect(firings({ text, timeZone, after })).toEqual(expected);
  },
);

test.each([
  ['Europe/Berlin', 'cron(30 2 * * ? *)', '2026-10-24T12:00:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
  ['America/New_York', 'cron(30 1 * * ? *)', '2026-10-31T12:00:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
  ['Australia/Lord_Howe', 'cron(45 1 * * ? *)', '2027-04-02T18:00:00Z', ['2027-04-03T14:45Z', '2027-04-04T15:15Z']],
  ['Europe/Berlin', 'cron(0/30 2 * * ? *)', '2026-10-25T00:10:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:00Z']],
])('fires the first time only when a local time comes twice in %s: %s', (timeZone, text, after, expected) => {
  expect(firings({ text, timeZone, after, count: 2 })).toEqual(expected);
});

test('waits for the next day from an instant in the second of two equal hours', () => {
  const question = { text: 'cron(30 2 * * ? *)', timeZone: 'Europe/Berlin', after: '2026-10-25T01:10:00Z', count: 1 };

  expect(firings(question)).toEqual(['2026-10-26T01:30Z']);
});

test('keeps its distance from UTC the year round in a zone without clock changes', () => {
  const text = 'cron(30 2 1 1,4,7 ? *)';

  expect(firings({ text, timeZone: 'Asia/Kolkata', after: '2026-12-01T00:00:00Z' })).toEqual([
    '2026-12-31T21:00Z',
    '2027-03-31T21:00Z',
    '2027-06-30T21:00Z',
  ]);
});

test('fires at(…) once, in its zone, and never when it is over or does not exist', () => {
  const timeZone = 'Europe/Berlin';
  const after = '2027-03-01T00:00:00Z';

  expect(firings({ text: 'at(2027-03-27T02:30:00)', timeZone, after })).toEqual(['2027-03-27T01:30Z']);
  expect(firings({ text: 'at(2027-03-28T02:30:00)', timeZone, after })).toEqual([]);
  expect(firings({ text: 'at(2027-03-01T01:00:00)', timeZone, after })).toEqual([]);
});

test('counts a rate from the given instant, in days of 24 hours', () => {
  const day = { text: 'rate(1 day)', timeZone: 'Europe/Berlin', after: '2026-10-24T10:00:00Z', count: 2 };

  expect(firings({ text: 'rate(12 hours)', after: '2026-11-01T12:00:00Z', count: 2 })).toEqual([
    '2026-11-02T00:00Z',
    '2026-11-02T12:00Z',
  ]);
  expect(firings(day)).toEqual(['2026-10-25T10:00Z', '2026-10-26T10:00Z']);
});
