import type { CronField } from './cron-fields.ts';

/**
 * Writes one field of `cron(…)` in croner's notation: in numbers and with every range spelt out, e.g. `0/15` as `0-59/15`.
 * `undefined` when it breaks AWS's rules.
 */
export const toPattern = (field: CronField, text: string): string | undefined => {
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
