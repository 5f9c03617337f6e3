import { skippedTimes } from '../../../infra/configuration/schedules/schedule-warnings.ts';

const skipped = (expression: string, timeZone: string, days?: number) =>
  skippedTimes({ expression, timeZone }, new Date('2026-11-22T12:00:00Z'), days).map(
    ({ date, localTime }) => `${date} ${localTime} ${timeZone}`,
  );

test.each([
  ['Europe/Berlin', 'cron(30 2 * * ? *)', ['2027-03-28 02:30 Europe/Berlin']],
  ['Europe/Berlin', 'cron(0 2,3 * * ? *)', ['2027-03-28 02:00 Europe/Berlin']],
  [
    'America/New_York',
    'cron(0/30 2 ? * SUN *)',
    ['2027-03-14 02:00 America/New_York', '2027-03-14 02:30 America/New_York'],
  ],
  ['Australia/Lord_Howe', 'cron(29 2 * * ? *)', ['2027-10-03 02:29 Australia/Lord_Howe']],
  ['Europe/Berlin', 'at(2027-03-28T02:00:00)', ['2027-03-28 02:00 Europe/Berlin']],
])('finds the firings that the next change to summer time in %s skips: %s', (timeZone, text, expected) => {
  expect(skipped(text, timeZone)).toEqual(expected);
});

test.each([
  ['the last minute before the clocks go forward', 'Europe/Berlin', 'cron(59 1 * * ? *)'],
  ['the first minute after', 'Europe/Berlin', 'cron(0 3 * * ? *)'],
  ['the first minute after half an hour', 'Australia/Lord_Howe', 'cron(30 2 * * ? *)'],
  ['a day on which they do not change', 'Europe/Berlin', 'cron(30 2 ? * MON *)'],
  ['a time that comes twice', 'America/New_York', 'cron(30 1 * * ? *)'],
  ['a zone where clocks never change', 'Asia/Kolkata', 'cron(30 2 * * ? *)'],
  ['a schedule that fires every hour anyway', 'Europe/Berlin', 'cron(0/5 * * * ? *)'],
  ['a rate', 'Europe/Berlin', 'rate(1 hour)'],
  ['a one-time schedule at another time', 'Europe/Berlin', 'at(2027-03-28T03:00:00)'],
])('is silent about %s', (_, timeZone, text) => {
  expect(skipped(text, timeZone)).toEqual([]);
});

test('looks no further than requested', () => {
  expect(skipped('cron(30 2 * * ? *)', 'Europe/Berlin', 125)).toEqual([]);
  expect(skipped('cron(30 2 * * ? *)', 'Europe/Berlin', 800)).toEqual([
    '2027-03-28 02:30 Europe/Berlin',
    '2028-03-26 02:30 Europe/Berlin',
  ]);
});
