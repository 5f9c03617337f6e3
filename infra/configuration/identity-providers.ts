import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { providerKinds, providerNamePattern } from '../../functions/identity-providers/identity-providers.ts';
import { mostInstances, watchDays } from '../../functions/platform/settings.ts';
import { fields, listOf, matching, wholeNumber } from './field-schemas.ts';
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
  /** SHA-256 digests of the tokens that are valid: two while a token is replaced. `token new` makes both. */
  tokenSha256: listOf(digest, 2),
  /** People who own instances and may be logged out for this provider within an hour; ten times as many may wait for a later date. */
  maxPerHour: v.optional(wholeNumber(1, 10_000), 50),
  /** Instances that the run of one person may touch: `offboarding.maxTargets`, unless it is set. */
  maxTargets: v.exactOptional(wholeNumber(1, mostInstances)),
  /** Days to watch the instances of a person whose report does not say it itself. */
  watchDays: v.exactOptional(wholeNumber(watchDays.min, watchDays.max)),
  /** Hours without any call after which an alarm rings (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html). */
  quietAfterHours: v.exactOptional(wholeNumber(1, 168)),
  /** Of the dates in its reports. */
  timeZone: v.exactOptional(timeZone),
});

// Valibot accepts an array as an object.
const anObject = v.pipe(
  v.unknown(),
  v.check((input) => !Array.isArray(input), 'must be an object'),
);

const byName = v.record(
  matching(providerNamePattern, 'named by 1 to 16 lower-case letters, digits and hyphens, a letter first'),
  provider,
  'must be an object',
);

/** The systems outside AWS that may start offboarding runs, by their names. */
export const identityProviders = v.pipe(
  v.pipe(anObject, byName),
  v.check(
    (providers) => Object.keys(providers).length <= mostProviders,
    `must have at most ${mostProviders} identity providers`,
  ),
  v.check((providers) => {
    const digests = Object.values(providers).flatMap(({ tokenSha256 }) => tokenSha256);
    return new Set(digests).size === digests.length;
  }, 'must not have the same digest twice: each identity provider has a token of its own'),
);
