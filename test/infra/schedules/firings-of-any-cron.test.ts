import fc from 'fast-check';
import { nextFirings } from '../../../infra/configuration/schedules/firings.ts';

/** A field of a cron expression, and whether it has a value: worked out without the code under test. */
type Field = { readonly text: string; readonly has: (value: number) => boolean };

const item = (min: number, max: number, steps: boolean): fc.Arbitrary<Field> =>
  fc
    .record({
      ends: fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })),
      step: steps ? fc.integer({ min: 1, max }) : fc.constant(1),
      form: fc.constantFrom('*', 'a', 'a-b', ...(steps ? (['*/s', 'a/s', 'a-b/s'] as const) : [])),
    })
    .map(({ ends, step, form }) => {
      const [low, high] = [Math.min(...ends), Math.max(...ends)];
      const first = form.startsWith('*') ? min : low;
      const last = form === 'a' ? low : form.startsWith('a-b') ? high : max;
      const every = form.endsWith('s') ? step : 1;
      const text = form.replace('a', `${low}`).replace('b', `${high}`).replace('s', `${step}`);
      return { text, has: (value) => value >= first && value <= last && (value - first) % every === 0 };
    });

const field = (min: number, max: number, steps = true): fc.Arbitrary<Field> =>
  fc.array(item(min, max, steps), { minLength: 1, maxLength: 3 }).map((items) => ({
    text: items.map(({ text }) => text).join(','),
    has: (value) => items.some((one) => one.has(value)),
  }));

/** Mostly `*`, so that most expressions soon fire. */
const often = (rarely: fc.Arbitrary<Field>): fc.Arbitrary<Field> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant({ text: '*', has: () => true }) }, rarely);

type Days = { readonly dayOfMonth: string; readonly dayOfWeek: string; readonly has: (day: Date) => boolean };

const lastDayOf = (day: Date): number =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
const weekday = fc.integer({ min: 1, max: 7 });
const onWeekday = (dayOfWeek: string, has: Days['has']): Days => ({ dayOfMonth: '?', dayOfWeek, has });

const days: fc.Arbitrary<Days> = fc.oneof(
  field(1, 31).map(({ text, has }) => ({
    dayOfMonth: text,
    dayOfWeek: '?',
    has: (day: Date) => has(day.getUTCDate()),
  })),
  field(1, 7, false).map(({ text, has }) => onWeekday(text, (day) => has(day.getUTCDay() + 1))),
  fc.constant({ dayOfMonth: 'L', dayOfWeek: '?', has: (day: Date) => day.getUTCDate() === lastDayOf(day) }),
  weekday.map((number) =>
    onWeekday(`${number}L`, (day) => day.getUTCDay() + 1 === number && day.getUTCDate() > lastDayOf(day) - 7),
  ),
  fc
    .tuple(weekday, fc.integer({ min: 1, max: 5 }))
    .map(([number, nth]) =>
      onWeekday(`${number}#${nth}`, (day) => day.getUTCDay() + 1 === number && Math.ceil(day.getUTCDate() / 7) === nth),
    ),
);

type AnyCron = { readonly text: string; readonly has: (wallTime: Date) => boolean };

const anyCron: fc.Arbitrary<AnyCron> = fc
  .record({
    minutes: field(0, 59),
    hours: field(0, 23),
    days,
    month: often(field(1, 12)),
    year: often(field(1970, 2199)),
  })
  .map(({ minutes, hours, days: { dayOfMonth, dayOfWeek, has: hasDay }, month, year }) => ({
    text: `cron(${[minutes.text, hours.text, dayOfMonth, month.text, dayOfWeek, year.text].join(' ')})`,
    has: (wallTime) =>
      minutes.has(wallTime.getUTCMinutes()) &&
      hours.has(wallTime.getUTCHours()) &&
      hasDay(wallTime) &&
      month.has(wallTime.getUTCMonth() + 1) &&
      year.has(wallTime.getUTCFullYear()),
  }));

const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2029-01-01'), noInvalidDate: true });
const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Africa/Casablanca',
);

/** Swedish writes a date and time as ISO 8601 does. */
const wallTimeIn = (timeZone: string, at: Date): Date =>
  new Date(`${at.toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).replace(' ', 'T')}Z`);

test('fires, in every zone, only at local times that satisfy all six fields, later each time and never twice at one local time', () => {
  fc.assert(
    fc.property(anyCron, zone, instant, ({ text, has }, timeZone, after) => {
      const firings = nextFirings({ expression: text, timeZone }, after, 8);
      const wallTimes = firings.map((firing) => wallTimeIn(timeZone, firing));

      expect(wallTimes.filter((wallTime) => !has(wallTime) || wallTime.getUTCSeconds() !== 0)).toEqual([]);
      expect([after, ...firings]).toEqual([...new Set([after, ...firings])].sort((one, other) => +one - +other));
      expect(new Set(wallTimes.map(Number)).size).toBe(firings.length);
    }),
    { numRuns: 400 },
  );
});

test('misses no minute of the next two days', () => {
  fc.assert(
    fc.property(anyCron, instant, ({ text, has }, start) => {
      const after = new Date(Math.floor(+start / 60_000) * 60_000);
      const minutes = Array.from({ length: 2 * 24 * 60 }, (_, index) => new Date(+after + (index + 1) * 60_000));
      const expected = minutes.filter(has).slice(0, 100);

      const firings = nextFirings({ expression: text, timeZone: 'UTC' }, after, 100);

      expect(firings.slice(0, expected.length)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});
