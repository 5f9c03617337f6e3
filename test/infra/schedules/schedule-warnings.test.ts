import { parseConfiguration } from '../../../infra/configuration/configuration.ts';
import { warningsAbout } from '../../../infra/configuration/schedules/schedule-warnings.ts';

const now = new Date('2026-11-22T12:00:00Z');

const warnings = (...expressions: string[]) => {
  const { schedules } = parseConfiguration({
    schedules: expressions.map((expression, index) => ({
      name: `shift-${index}`,
      expression,
      timeZone: 'Europe/Berlin',
      target: { group: 'night-shift' },
      reason: 'end of shift',
    })),
  });
  return warningsAbout(schedules, now);
};

test('has no warning for schedules that fire as written', () => {
  expect(warnings('cron(0 22 * * ? *)', 'rate(12 hours)', 'at(2026-12-01T08:00:00)')).toEqual([]);
});

test('warns of the day on which a schedule is skipped because the clocks go forward', () => {
  expect(warnings('cron(30 2 * * ? *)')).toEqual([
    'The schedule "shift-0" will not fire on 2027-03-28: the clocks of Europe/Berlin go forward over 02:30, and ' +
      'EventBridge Scheduler skips a local time that does not exist.',
  ]);
});

test('warns once of a schedule that is skipped many times', () => {
  expect(warnings('cron(0/10 2 * * ? *)')).toHaveLength(1);
});

test.each(['cron(0 0 31 2 ? *)', 'at(2026-11-22T08:00:00)'])('warns that %s will never fire', (expression) => {
  expect(warnings(expression)).toEqual([
    `The schedule "shift-0" will never fire: ${expression} names no time in the future.`,
  ]);
});

test('names the schedules that it is about', () => {
  expect(warnings('cron(30 2 * * ? *)', 'cron(0 22 * * ? *)', 'at(2020-01-01T00:00:00)').join('\n')).toMatch(
    /"shift-0".*\n.*"shift-2"/,
  );
});
