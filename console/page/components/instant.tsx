const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const timeFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hour12: false });
const formatUtc = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
const inZone = new Intl.DateTimeFormat('en', { timeZoneName: 'longGeneric' });
const zoneName = inZone.formatToParts().find(({ type }) => type === 'timeZoneName')?.value;
const zone = `${zoneName} (${inZone.resolvedOptions().timeZone})`;

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
    <time dateTime={at} title={`${format.format(date)} ${zone}, ${formatUtc.format(date)} UTC`}>
      {(timeOnly && isToday(date) ? timeFormat : format).format(date)}
    </time>
  );
};
