import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { providerRoutes } from '../../functions/http/routes.ts';
import { providerKinds, providerNamePattern } from '../../functions/identity-providers/identity-providers.ts';
import { mostInstances, watchDays } from '../../functions/platform/settings.ts';
import { fields, listOf, matching, noArray, wholeNumber } from './field-schemas.ts';
import { timeZone } from './schedules/time-zone.ts';

/** Most identity providers: each function gets its own in an environment variable, and all variables together have 4 KB. */
const mostProviders = 10;

/** Digests of what a forgotten variable or an empty file gives: `echo | sha256sum` hashes a line break. */
const emptyDigests: ReadonlySet<string> = new Set(
  ['', ' ', '\n', '\r\n'].map((text) => createHash('sha256').update(text).digest('hex')),
);

const digest = v.pipe(
  matching(/^[0-9a-f]{64}$/, 'the SHA-256 digest of a token: 64 hexadecimal digits in lower case'),
  v.check(
    (hex) => !emptyDigests.has(hex),
    'is the SHA-256 digest of an empty text, not of a token: make a token and its digest with "token new"',
  ),
);

const provider = fields({
  kind: v.picklist(providerKinds, `must be one of ${providerKinds.join(', ')}`),
  tokenSha256: listOf(digest, 2),
  maxPerHour: v.optional(wholeNumber(1, 10_000), 50),
  maxTargets: v.exactOptional(wholeNumber(1, mostInstances)),
  watchDays: v.exactOptional(wholeNumber(watchDays.min, watchDays.max)),
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html */
  quietAfterHours: v.exactOptional(wholeNumber(1, 168)),
  timeZone: v.exactOptional(timeZone),
});

const byName = v.record(
  matching(providerNamePattern, 'named by 1 to 16 lower-case letters, digits and hyphens, a letter first'),
  provider,
  'must be an object',
);

/** The systems outside AWS that may start offboarding runs, by their names. */
export const identityProviders = v.pipe(
  v.pipe(v.pipe(v.unknown(), noArray), byName),
  v.check(
    (providers) => Object.keys(providers).length <= mostProviders,
    `must have at most ${mostProviders} identity providers`,
  ),
  v.check((providers) => {
    const digests = Object.values(providers).flatMap(({ tokenSha256 }) => tokenSha256);
    return new Set(digests).size === digests.length;
  }, 'must not have the same digest twice: each identity provider has a token of its own'),
);

/** The routes of the kinds that there are providers of. */
export const routesOfProviders = (providers: v.InferOutput<typeof identityProviders>) => {
  const kinds = new Set(Object.values(providers).map(({ kind }) => kind));
  return providerRoutes.filter(({ kind }) => kinds.has(kind));
};
