import { dialects } from './dialects.ts';

type Event = { readonly [field: string]: unknown };

/**
 * A copy of an event as if it happened now, for the first time. An old event expires and logs nobody out, and an event with a
 * known id starts no new run.
 *
 * @param now ISO 8601
 */
export const refreshEvent = (event: Event, now: string, createId: () => string): Event => {
  const { detail } = event;
  const dialect = Object.values(dialects).find(({ parse }) => parse(event) !== undefined);
  const refreshed = { ...event, id: createId(), time: now };
  if (dialect === undefined || typeof detail !== 'object' || detail === null) return refreshed;
  return { ...refreshed, detail: { ...detail, ...dialect.refreshedDetail(now, createId()) } };
};
