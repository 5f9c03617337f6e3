import { custom } from './custom.ts';
import type { Dialect, ParsedEvent } from './dialect.ts';
import { identityCenter } from './identity-center.ts';
import { identityCenterNative } from './identity-center-native.ts';
import { okta } from './okta.ts';

/**
 * Every dialect; `infra/configuration/offboarding-rules.ts` says which setting enables it. The function, the rules on AWS, the
 * local service, the samples and `npm run cli -- send-event` follow this table.
 */
export const dialects = { custom, okta, identityCenter, identityCenterNative } as const satisfies Readonly<
  Record<string, Dialect>
>;

export type DialectName = keyof typeof dialects;

export const dialectNames = Object.keys(dialects) as readonly DialectName[];

export const parseOffboardingEvent = (
  event: unknown,
): (ParsedEvent & { readonly dialect: DialectName }) | { readonly kind: 'unknown-dialect' } => {
  for (const dialect of dialectNames) {
    const parsed = dialects[dialect].parse(event);
    if (parsed !== undefined) return { ...parsed, dialect };
  }
  return { kind: 'unknown-dialect' };
};

/**
 * A copy of an event as if it happened now, for the first time. An old event expires and logs nobody out, and an event with a
 * known id starts no new run.
 *
 * @param now ISO 8601
 */
export const refreshEvent = (event: Readonly<Record<string, unknown>>, now: string, createId: () => string) => {
  const { detail } = event;
  const dialect = Object.values(dialects).find(({ parse }) => parse(event) !== undefined);
  const refreshed = { ...event, id: createId(), time: now };
  if (dialect === undefined || typeof detail !== 'object' || detail === null) return refreshed;
  return { ...refreshed, detail: { ...detail, ...dialect.refreshedDetail(now, createId()) } };
};
