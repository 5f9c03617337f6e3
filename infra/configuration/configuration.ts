import * as v from 'valibot';
import { createParseApiUrl } from '../../functions/green-api/api-url.ts';
import { type Configuration, configurationSchema, type Settings, settingsSchema } from './configuration-schema.ts';
import { type Rule, scheduleRules } from './schedules/schedule-schema.ts';

export { type Configuration, type Settings, settingNames } from './configuration-schema.ts';

/** The key of the configuration in the context of a file such as `cdk.json`. */
export const contextKey = 'green-api-logout';

/** A configuration that cannot be used. The message has a line per field: its path, what it must be, what it is. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** What is wrong with one field: its path, what it must be, and what it is unless that must not be quoted. */
type Problem = readonly [path: string, message: string, ...given: readonly unknown[]];

const problemOf = (issue: v.BaseIssue<unknown>): Problem => {
  const path = v.getDotPath(issue) ?? '';
  // A field that is missing has no value; one that is unknown is not quoted, since it may be a secret in the wrong place.
  const isAboutKey = issue.type === 'strict_object' && issue.expected !== 'Object';
  // Nor is a digest, in whose place somebody may have put the token.
  const isDigest = /\btokenSha256\b/.test(path);
  return [path, issue.message, ...(isAboutKey || isDigest ? [] : [issue.input])];
};

const unrestrictedJwt =
  'is missing, and so is scopes: every token of the issuer could log everybody out. Say who may do what, or { "read": "everybody", "logout": "everybody", "runs": "everybody" }';

/** Rules about several fields at once. */
const problemsAcross = (settings: Omit<Settings, 'name'>): readonly Problem[] => {
  const { secretPrefix, otherPrefixes, warmHosts, domainName, runs } = settings;
  const { jwt } = settings.authorization;
  const { identityCenter, maxTargets } = settings.offboarding;
  const parseApiUrl = createParseApiUrl(settings.allowedApiHosts);
  const providers = Object.entries(settings.identityProviders).map(
    ([name, provider]) => [`identityProviders.${name}`, provider] as const,
  );
  const isUnrestricted = jwt !== undefined && jwt.scopes === undefined && jwt.allow === undefined;
  const hasNoStore = identityCenter.enabled && identityCenter.identityStoreId === undefined;
  const rules: readonly Rule[] = [
    ...otherPrefixes.map((other): Rule => {
      const isBelow = other.startsWith(secretPrefix) && other !== secretPrefix;
      return [!isBelow, 'otherPrefixes', 'must begin with secretPrefix and be longer', other];
    }),
    [
      !warmHosts.every((host) => parseApiUrl(`https://${host}`)),
      'warmHosts',
      "must be a list of GREEN-API's own hosts and those in allowedApiHosts",
      warmHosts,
    ],
    [
      settings.disableExecuteApiEndpoint && domainName === undefined,
      'disableExecuteApiEndpoint',
      'needs domainName: the API would have no address',
    ],
    [isUnrestricted, 'authorization.jwt.allow', unrestrictedJwt],
    [
      hasNoStore,
      'offboarding.identityCenter.identityStoreId',
      'is missing; aws sso-admin list-instances prints it as IdentityStoreId',
    ],
    [
      identityCenter.nativeEvents && !identityCenter.enabled,
      'offboarding.identityCenter.nativeEvents',
      'needs enabled: true beside it',
    ],
    ...providers.map(([path, { kind, timeZone }]): Rule => {
      const isDateless = kind !== 'webhook' && timeZone !== undefined;
      return [isDateless, `${path}.timeZone`, 'is for the kind webhook alone: no other report has a date', timeZone];
    }),
    ...scheduleRules(settings),
    ...[['offboarding', { maxTargets }] as const, ...providers].map(([path, { maxTargets: most = 0 }]): Rule => {
      const message = `must be at most ${runs.maxTargetsCeiling}, which is runs.maxTargetsCeiling`;
      return [most > runs.maxTargetsCeiling, `${path}.maxTargets`, message, most];
    }),
  ];
  return rules.flatMap(([isBroken, ...problem]) => (isBroken ? [problem] : []));
};

const describe = (name: string, message: string, given: readonly unknown[]): string => {
  const got = given.map((value) => ` (got ${JSON.stringify(value)?.slice(0, 80) ?? 'nothing'})`);
  return `${name} ${message}${got.join('')}`;
};

const parse = <Schema extends v.GenericSchema<unknown, Omit<Settings, 'name'>>>(
  schema: Schema,
  value: unknown,
  nameOf: (path: string) => string,
): v.InferOutput<Schema> => {
  // One line per field: its first problem.
  const parsed = v.safeParse(schema, value, { abortPipeEarly: true });
  const problems = parsed.success ? problemsAcross(parsed.output) : parsed.issues.map(problemOf);
  if (!parsed.success || problems.length > 0)
    throw new ConfigurationError(
      problems.map(([path, message, ...given]) => describe(nameOf(path), message, given)).join('\n'),
    );
  return parsed.output;
};

/**
 * Checks the settings of a construct and fills in the defaults.
 *
 * @param nameOf how errors name the setting with this path
 * @throws ConfigurationError naming every setting that is wrong
 */
export const parseSettings = (value: unknown, nameOf: (path: string) => string): Settings =>
  parse(settingsSchema, value, nameOf);

/**
 * Reads the value under {@link contextKey}; without one, every default applies.
 *
 * @throws ConfigurationError naming every field that is wrong
 */
export const parseConfiguration = (value: unknown = {}): Configuration =>
  parse(configurationSchema, value, (path) => [contextKey, path].filter(Boolean).join('.'));
