import fc from 'fast-check';
import { parseExpression } from '../../../infra/configuration/schedules/expression.ts';
import { anyText } from '../../support/any-text.ts';

const problemOf = (text: string): string => {
  const expression = parseExpression(text);
  if (expression.kind !== 'invalid') throw new Error(`${text} was accepted`);
  return expression.problem;
};

test.each([
  'cron(0 22 * * ? *)',
  'cron(15 10 ? * 6L 2022-2023)',
  'cron(0/15 8-18 ? JAN-MAR,dec mon-FRI 2026/2)',
  'cron(*/59 */23 */31 */12 ? *)',
  'cron(0 0 L * ? *)',
  'cron(0 0 LW * ? *)',
  'cron(0 0 15W * ? *)',
  'cron(0 0 ? * L *)',
  'cron(0 0 ? * 3#2 *)',
  'cron(0 0 ? * tue#5 *)',
])('accepts %s', (text) => {
  expect(parseExpression(text).kind).toBe('cron');
});

test.each([
  ['rate(1 minute)', 60_000],
  ['rate(1 hours)', 3_600_000],
  ['rate(12 hour)', 43_200_000],
  ['rate(5 days)', 432_000_000],
])('reads %s as an interval, in singular or plural', (text, everyMs) => {
  expect(parseExpression(text)).toEqual({ kind: 'rate', everyMs });
});

test('reads at(…) as a local time', () => {
  expect(parseExpression('at(2028-02-29T18:30:00)')).toEqual({ kind: 'at', wallMs: Date.UTC(2028, 1, 29, 18, 30) });
});

test.each([
  ['cron(0 22 * * * *)', 'one of day-of-month and day-of-week must be ?'],
  ['cron(0 22 1 * MON *)', 'one of day-of-month and day-of-week must be ?'],
  ['cron(0 22 ? * ? *)', 'only one of day-of-month and day-of-week must be ?'],
])('reports that %s names the days twice or never', (text, problem) => {
  expect(problemOf(text)).toBe(`${text}: ${problem}`);
});

test.each([
  ['cron(60 22 * * ? *)', 'minutes "60"', '0-59'],
  ['cron(*/60 * * * ? *)', 'minutes "*/60"', '0-59'],
  ['cron(0/0 * * * ? *)', 'minutes "0/0"', '0-59'],
  ['cron(* ? * * * *)', 'hours "?"', '0-23'],
  ['cron(0 22-2 * * ? *)', 'hours "22-2"', 'from low to high'],
  ['cron(0 1,,2 * * ? *)', 'hours "1,,2"', '0-23'],
  ['cron(0 0 32 * ? *)', 'day-of-month "32"', '1-31'],
  ['cron(0 0 32W * ? *)', 'day-of-month "32W"', '15W'],
  ['cron(0 0 1,L * ? *)', 'day-of-month "1,L"', 'on its own'],
  ['cron(0 0 1 MAI ? *)', 'month "MAI"', 'JAN-DEC'],
  ['cron(0 0 ? * 0 *)', 'day-of-week "0"', 'SUN-SAT'],
  ['cron(0 0 ? * MON/2 *)', 'day-of-week "MON/2"', ', - * (ranges'],
  ['cron(0 0 ? * 3#1,6#3 *)', 'day-of-week "3#1,6#3"', 'on its own'],
  ['cron(0 0 ? * 3#6 *)', 'day-of-week "3#6"', '6#2'],
  ['cron(0 0 * * ? 26)', 'year "26"', '1970-2199'],
])('names the field that is wrong in %s, and what it may hold', (text, field, allowed) => {
  expect(problemOf(text)).toContain(`${text}: ${field} is not allowed; write `);
  expect(problemOf(text)).toContain(allowed);
});

test.each([
  ['cron(0 22 * * ?)', 'six fields'],
  ['cron(0 22  * * ? *)', 'separated by single spaces'],
  ['cron()', 'six fields'],
  ['rate()', 'rate(12 hours)'],
  ['rate(10)', 'rate(12 hours)'],
  ['rate( 10 minutes )', 'rate(12 hours)'],
  ['rate(0 minutes)', '"0" must be a whole number'],
  ['rate(-10 minutes)', '"-10" must be a whole number'],
  ['rate(10 seconds)', '"seconds" must be minutes, hours or days'],
  ['rate(10 minutess)', '"minutess" must be minutes, hours or days'],
  ['at(2027-12-31)', 'at(2027-03-31T18:00:00)'],
  ['at(2027-12-31T23:59:59Z)', 'without a zone'],
  ['at(2027-02-29T12:00:00)', 'no such date'],
  ['at(2027-12-31T24:00:00)', 'no such date or time'],
  ['at(2027-13-01T12:00:00)', 'no such date'],
  [' rate(10 minutes)', 'write cron('],
  ['0 22 * * *', 'write cron('],
  ['', 'write cron('],
])('names the error in %p', (text, problem) => {
  expect(problemOf(text)).toContain(problem);
});

test('answers every text with an expression or a problem that quotes it', () => {
  const almost = fc
    .tuple(fc.constantFrom('cron', 'rate', 'at'), fc.array(fc.constantFrom(...'0159*?/-,#LW MONminuteT:')))
    .map(([kind, letters]) => `${kind}(${letters.join('')})`);

  fc.assert(
    fc.property(fc.oneof(anyText(), almost), (text) => {
      const expression = parseExpression(text);
      expect(expression.kind === 'invalid' ? expression.problem : text).toContain(text);
    }),
    { numRuns: 2_000 },
  );
});
