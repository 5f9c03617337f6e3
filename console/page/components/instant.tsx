const zone = { timeZoneName: 'longGeneric' } as const;
const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const timeFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hour12: false });
const formatUtc = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
const zoneName = new Intl.DateTimeFormat('en', zone).formatToParts().find(({ type }) => type === 'timeZoneName')?.value;

/** The name of the reader's time zone. */
const zoneOf = (): string => `${zoneName} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;

type InstantProps = {
  readonly at: string;
  /** Without the day, unless it is another one than today. */
  readonly timeOnly?: boolean;
};

const isToday = (date: Date): boolean => date.toDateString() === new Date().toDateString();

/** An instant in the reader's own time zone, whose name and UTC are shown when the pointer rests on it. */
export const Instant = ({ at, timeOnly = false }: InstantProps) => {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <>{at}</>;
  return (
    <time dateTime={at} title={`${format.format(date)} ${zoneOf()}, ${formatUtc.format(date)} UTC`}>
      {(timeOnly && isToday(date) ? timeFormat : format).format(date)}
    </time>
  );
};
