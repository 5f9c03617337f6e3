/** One field of `cron(…)`: what AWS documents for it. */
export type CronField = {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, `min` first. */
  readonly names?: readonly string[];
  /** The values as a person would read them. */
  readonly values: string;
  readonly wildcards: ', - * /' | ', - *';
  /** What must be the whole field: in AWS's notation, and how croner writes it. */
  readonly alone?: { readonly examples: string; readonly toPattern: (text: string) => string | undefined };
};

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const dayOfMonthAlone = (text: string): string | undefined => {
  if (text === '?') return '1-31';
  return /^(L|LW|([1-9]|[12]\d|3[01])W)$/.test(text) ? text : undefined;
};

const dayOfWeekAlone = (text: string): string | undefined => {
  if (text === '?') return '1-7';
  if (text === 'L') return '7';
  const { day, which } = /^(?<day>[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(?<which>#[1-5]|L)$/.exec(text)?.groups ?? {};
  if (day === undefined || which === undefined) return undefined;
  const number = weekdays.indexOf(day) + 1 || day;
  return which === 'L' ? `${number}#L` : `${number}${which}`;
};

/**
 * The fields in their order. Days of the week count from 1, Sunday.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export const cronFields: readonly CronField[] = [
  { name: 'minutes', min: 0, max: 59, values: '0-59', wildcards: ', - * /' },
  { name: 'hours', min: 0, max: 23, values: '0-23', wildcards: ', - * /' },
  {
    name: 'day-of-month',
    min: 1,
    max: 31,
    values: '1-31',
    wildcards: ', - * /',
    alone: { examples: '? L LW 15W', toPattern: dayOfMonthAlone },
  },
  { name: 'month', min: 1, max: 12, names: months, values: '1-12 or JAN-DEC', wildcards: ', - * /' },
  {
    name: 'day-of-week',
    min: 1,
    max: 7,
    names: weekdays,
    values: '1-7 or SUN-SAT',
    wildcards: ', - *',
    alone: { examples: '? L 6L 6#2', toPattern: dayOfWeekAlone },
  },
  { name: 'year', min: 1970, max: 2199, values: '1970-2199', wildcards: ', - * /' },
];
