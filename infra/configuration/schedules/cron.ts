import { Cron } from 'croner';

/** `pattern`: the six fields in croner's notation, separated by spaces. */
export type CronExpression = { readonly kind: 'cron'; readonly pattern: string };

/** What is wrong with an expression, and what is allowed instead. */
export type InvalidExpression = { readonly kind: 'invalid'; readonly problem: string };

/** One field of `cron(…)`: what AWS documents for it. */
type CronField = {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, `min` first. */
  readonly names?: readonly string[];
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
const cronFields: readonly CronField[] = [
  { name: 'minutes', min: 0, max: 59, wildcards: ', - * /' },
  { name: 'hours', min: 0, max: 23, wildcards: ', - * /' },
  {
    name: 'day-of-month',
    min: 1,
    max: 31,
    wildcards: ', - * /',
    alone: { examples: '? L LW 15W', toPattern: dayOfMonthAlone },
  },
  { name: 'month', min: 1, max: 12, names: months, wildcards: ', - * /' },
  {
    name: 'day-of-week',
    min: 1,
    max: 7,
    names: weekdays,
    wildcards: ', - *',
    alone: { examples: '? L 6L 6#2', toPattern: dayOfWeekAlone },
  },
  { name: 'year', min: 1970, max: 2199, wildcards: ', - * /' },
];

/**
 * Writes one field of `cron(…)` in croner's notation: in numbers with every range in full, e.g. `0/15` as `0-59/15`.
 * `undefined` when it breaks AWS's rules.
 */
const toPattern = (field: CronField, text: string): string | undefined => {
  const capitals = text.toUpperCase();
  const items = capitals.split(',').map((item) => itemPattern(field, item));
  return field.alone?.toPattern(capitals) ?? (items.includes(undefined) ? undefined : items.join(','));
};

const itemPattern = (field: CronField, item: string): string | undefined => {
  const { start, end, step } = /^(?<start>\*|\w+)(-(?<end>\w+))?(\/(?<step>\d+))?$/.exec(item)?.groups ?? {};
  if (start === undefined || (start === '*' && end !== undefined)) return undefined;
  if (step !== undefined && !isStep(field, step)) return undefined;

  const isOpen = start === '*' || step !== undefined;
  const low = start === '*' ? field.min : toNumber(field, start);
  const high = toNumber(field, end ?? (isOpen ? `${field.max}` : start));
  if (low === high) return `${low}`;
  return low < high ? `${low}-${high}/${Number(step ?? 1)}` : undefined;
};

const isStep = ({ wildcards, max }: CronField, step: string): boolean =>
  wildcards.includes('/') && Number(step) >= 1 && Number(step) <= max;

/** `NaN`, which no comparison accepts, when the field has no such value. */
const toNumber = ({ min, max, names = [] }: CronField, text: string): number => {
  const index = names.indexOf(text);
  const value = index >= 0 ? index + min : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : Number.NaN;
};

/**
 * Reads the inside of `cron(…)`. All six fields are needed: the user guide calls the year optional, the API reference does not.
 * Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export const parseCron = (body: string): CronExpression | InvalidExpression => {
  const texts = body.split(' ');
  const patterns = cronFields.map((field, index) => toPattern(field, texts[index] ?? ''));
  const problem = countProblem(texts) ?? fieldProblem(texts, patterns) ?? dayProblem(texts);
  return problem === undefined ? { kind: 'cron', pattern: patterns.join(' ') } : { kind: 'invalid', problem };
};

const countProblem = ({ length }: readonly string[]): string | undefined =>
  length === cronFields.length
    ? undefined
    : `write six fields separated by single spaces (${cronFields.map(({ name }) => name).join(', ')}), not ${length}`;

const fieldProblem = (texts: readonly string[], patterns: readonly (string | undefined)[]): string | undefined => {
  const index = patterns.indexOf(undefined);
  const field = cronFields[index];
  return field && `${field.name} "${texts[index]}" is not allowed; ${allowedIn(field)}`;
};

const allowedIn = ({ min, max, names, wildcards, alone }: CronField): string => {
  const orNames = names ? ` or ${names[0]}-${names.at(-1)}` : '';
  const orAlone = alone ? `, or on its own one of ${alone.examples}` : '';
  return `write ${min}-${max}${orNames} with ${wildcards} (ranges from low to high)${orAlone}`;
};

const dayProblem = (texts: readonly string[]): string | undefined => {
  const questionMarks = texts.filter((text) => text === '?').length;
  if (questionMarks === 1) return undefined;
  return `${questionMarks === 0 ? '' : 'only '}one of day-of-month and day-of-week must be ?`;
};

/**
 * The wall times of a cron pattern after one of them, in order; none after the year 2199. croner reads the pattern in UTC, where
 * no clock changes: its own rules for clock changes are not EventBridge Scheduler's.
 */
export const wallTimesOf = (pattern: string, afterWallMs: number): Iterable<Date> =>
  new Cron(`0 ${pattern}`, {
    timezone: 'UTC',
    mode: '7-part',
    alternativeWeekdays: true,
    domAndDow: true,
  }).enumerate(new Date(afterWallMs));
