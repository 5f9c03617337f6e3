import { type CronField, cronFields } from './cron-fields.ts';
import { toPattern } from './cron-pattern.ts';
import type { Expression, InvalidExpression } from './expression.ts';

/**
 * Reads the inside of `cron(…)`. All six fields are needed: the user guide calls the year optional, the API reference does not.
 * Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export const parseCron = (body: string): Expression | InvalidExpression => {
  const texts = body.split(' ');
  const problem = countProblem(texts) ?? fieldProblem(texts) ?? dayProblem(texts);
  return problem === undefined
    ? { kind: 'cron', pattern: cronFields.map((field, index) => toPattern(field, texts[index] ?? '')).join(' ') }
    : { kind: 'invalid', problem };
};

const countProblem = ({ length }: readonly string[]): string | undefined =>
  length === cronFields.length
    ? undefined
    : `write six fields parted by single spaces (${cronFields.map(({ name }) => name).join(', ')}), not ${length}`;

const fieldProblem = (texts: readonly string[]): string | undefined => {
  const index = cronFields.findIndex((field, position) => toPattern(field, texts[position] ?? '') === undefined);
  const field = cronFields[index];
  return field && `${field.name} "${texts[index]}" is not allowed; ${allowedIn(field)}`;
};

const allowedIn = ({ values, wildcards, alone }: CronField): string =>
  `write ${values} with ${wildcards} (ranges from low to high)${alone ? `, or on its own one of ${alone.examples}` : ''}`;

const dayProblem = (texts: readonly string[]): string | undefined => {
  const questionMarks = texts.filter((text) => text === '?').length;
  if (questionMarks === 1) return undefined;
  return `${questionMarks === 0 ? '' : 'only '}one of day-of-month and day-of-week must be ?`;
};
