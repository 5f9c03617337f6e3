import { parseConfiguration } from '../../../infra/configuration/configuration.ts';
import { formatSchedules as format } from '../../../infra/configuration/schedules/upcoming-firings.ts';

const now = new Date('2026-10-23T12:00:00Z');

const formatSchedules = (schedules: readonly object[], at: Date) =>
  format(parseConfiguration({ schedules }).schedules, at);

const nightly = {
  name: 'nightly',
  expression: 'cron(30 2 * * ? *)',
  timeZone: 'Europe/Berlin',
  target: { group: 'night-shift' },
  reason: 'end of shift',
  maxTargets: 50,
};

test('shows what a schedule does and its next five firings, in its zone and in UTC', () => {
  expect(formatSchedules([nightly], now)).toBe(
    [
      'nightly',
      '  expression  cron(30 2 * * ? *)',
      '  zone        Europe/Berlin',
      '  target      group night-shift',
      '  reason      end of shift',
      '  next        Sat 2026-10-24 02:30 = Sat 2026-10-24 00:30 UTC',
      '  next        Sun 2026-10-25 02:30 = Sun 2026-10-25 00:30 UTC',
      '  next        Mon 2026-10-26 02:30 = Mon 2026-10-26 01:30 UTC',
      '  next        Tue 2026-10-27 02:30 = Tue 2026-10-27 01:30 UTC',
      '  next        Wed 2026-10-28 02:30 = Wed 2026-10-28 01:30 UTC',
    ].join('\n'),
  );
});

test('parts schedules by an empty line', () => {
  const text = formatSchedules([nightly, { ...nightly, name: 'weekly' }], now);

  expect(text.split('\n\n').map((part) => part.split('\n')[0])).toEqual(['nightly', 'weekly']);
});

test.each([
  [{ owner: 'jo@example.com' }, 'owner jo@example.com'],
  [{ all: true }, 'all instances'],
  [{ instances: ['1101000001', '1101000002'] }, 'instances 1101000001, 1101000002'],
  [{ instances: ['1', '2', '3', '4', '5', '6', '7'] }, 'instances 1, 2, 3, 4, 5 and 2 more'],
] as const)('says what it is aimed at: %p', (target, words) => {
  expect(formatSchedules([{ ...nightly, target }], now)).toContain(`  target      ${words}\n`);
});

test('notes that a rate is counted from now', () => {
  const text = formatSchedules([{ ...nightly, expression: 'rate(12 hours)' }], now);

  expect(text).toContain('counted from now');
  expect(text).toContain('next        Sat 2026-10-24 02:00 = Sat 2026-10-24 00:00 UTC');
});

test.each([
  ['at(2026-10-01T08:00:00)', 'names no time in the future'],
  ['cron(0 0 31 2 ? *)', 'names no time in the future'],
])('explains why %s never fires', (expression, problem) => {
  expect(formatSchedules([{ ...nightly, expression }], now)).toMatch(/\n {2}never {7}.+$/);
  expect(formatSchedules([{ ...nightly, expression }], now)).toContain(problem);
});

test('explains what to write, and where, when there are no schedules', () => {
  const text = formatSchedules([], now);

  expect(text).toContain('No schedules are configured');
  expect(text).toContain('"schedules" under "green-api-logout" in the context of cdk.json');
  expect(formatSchedules([JSON.parse(text.slice(text.indexOf('{')))], now)).toContain(
    'next        Fri 2026-10-23 22:00',
  );
});
