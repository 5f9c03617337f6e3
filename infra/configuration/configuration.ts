import * as v from 'valibot';
import { createParseApiUrl } from '../../functions/green-api/api-url.ts';
import { type Configuration, configurationSchema, type Settings, settingsSchema } from './configuration-schema.ts';
import { scheduleProblems } from './schedules/schedule-schema.ts';

export { type Configuration, type Settings, settingNames } from './configuration-schema.ts';

/** The key of the configuration in the context of a file such as `cdk.json`. */
export const contextKey = 'green-api-logout';

/** A configuration that cannot be used. The message has a line per field: its path, what it must be, what it is. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** What is wrong with one field. */
export type Problem = { readonly path: string; readonly message: string; readonly given?: unknown };

const problemOf = (issue: v.BaseIssue<unknown>): Problem => {
  const path = v.getDotPath(issue) ?? '';
  // A field that is missing has no value; one that is unknown is not quoted, since it may be a secret in the wrong place.
  const isAboutKey = issue.type === 'strict_object' && issue.expected !== 'Object';
  // Nor is a digest, in whose place somebody may have put the token.
  const isDigest = /\btokenSha256\b/.test(path);
  return { path, message: issue.message, ...(!isAboutKey && !isDigest && { given: issue.input }) };
};

const unrestrictedJwt =
  'is missing, and so is scopes: every token of the issuer could log everybody out. Say who may do what, or { "read": "everybody", "logout": "everybody", "runs": "everybody" }';

/** Rules about several fields at once. */
const problemsAcross = (settings: Omit<Settings, 'name'>): readonly Problem[] => {
  const { secretPrefix, warmHosts, disableExecuteApiEndpoint, domainName, runs, identityProviders } = settings;
  const { jwt } = settings.authorization;
  const { identityCenter, maxTargets } = settings.offboarding;
  const parseApiUrl = createParseApiUrl(settings.allowedApiHosts);
  const ofProviders = Object.entries(identityProviders).map(
    ([name, provider]) => ({ path: `identityProviders.${name}`, ...provider }) as const,
  );
  return [
    ...settings.otherPrefixes.map(
      (given) =>
        (!given.startsWith(secretPrefix) || given === secretPrefix) && {
          path: 'otherPrefixes',
          message: 'must begin with secretPrefix and be longer',
          given,
        },
    ),
    !warmHosts.every((host) => parseApiUrl(`https://${host}`)) && {
      path: 'warmHosts',
      message: "must be a list of GREEN-API's own hosts and those in allowedApiHosts",
      given: warmHosts,
    },
    disableExecuteApiEndpoint &&
      domainName === undefined && {
        path: 'disableExecuteApiEndpoint',
        message: 'needs domainName: the API would have no address',
      },
    jwt !== undefined &&
      jwt.scopes === undefined &&
      jwt.allow === undefined && { path: 'authorization.jwt.allow', message: unrestrictedJwt },
    identityCenter.enabled &&
      identityCenter.identityStoreId === undefined && {
        path: 'offboarding.identityCenter.identityStoreId',
        message: 'is missing; aws sso-admin list-instances prints it as IdentityStoreId',
      },
    identityCenter.nativeEvents &&
      !identityCenter.enabled && {
        path: 'offboarding.identityCenter.nativeEvents',
        message: 'needs enabled: true beside it',
      },
    ...ofProviders.map(
      ({ path, kind, timeZone: given }) =>
        kind !== 'webhook' &&
        given !== undefined && {
          path: `${path}.timeZone`,
          message: 'is for the kind webhook alone: no other report has a date',
          given,
        },
    ),
    ...scheduleProblems(settings),
    ...[{ path: 'offboarding', maxTargets }, ...ofProviders].map(
      ({ path, maxTargets: given = 0 }) =>
        given > runs.maxTargetsCeiling && {
          path: `${path}.maxTargets`,
          message: `must be at most ${runs.maxTargetsCeiling}, which is runs.maxTargetsCeiling`,
          given,
        },
    ),
  ].filter((problem) => problem !== false);
};

const describe = (name: string, { message, ...rest }: Problem): string => {
  const got = 'given' in rest ? ` (got ${JSON.stringify(rest.given)?.slice(0, 80) ?? 'nothing'})` : '';
  return `${name} ${message}${got}`;
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
    throw new ConfigurationError(problems.map((problem) => describe(nameOf(problem.path), problem)).join('\n'));
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
