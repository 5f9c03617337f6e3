import { Token } from 'aws-cdk-lib';
import { dialectNames } from '../../functions/offboarding/dialects.ts';
import * as table from '../../functions/platform/settings.ts';
import { ConfigurationError, type Settings } from '../configuration/configuration.ts';
import { sectionOf } from '../configuration/offboarding-rules.ts';

/** The settings by the variables that the functions read. */
const settingOf = new Map<string, string>(
  Object.entries(table).flatMap(([setting, row]) =>
    typeof row === 'object' && 'variable' in row ? [[row.variable, setting]] : [],
  ),
);

/** The names of all variables that the functions read. */
export const variableNames = [...settingOf.keys()];

/** The variables of a function. */
export type FunctionEnvironment = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostBytes = 4_096;

/** What CloudFormation fills in at the deployment is a name or an ARN. */
const bytesOfToken = 100;

/** @throws ConfigurationError naming the longest settings when Lambda would refuse the variables of the function */
export const checkSize = (path: string, environment: FunctionEnvironment): void => {
  const sizes = Object.entries(environment).map(([name, value]) => ({
    setting: settingOf.get(name),
    bytes: Buffer.byteLength(name) + (Token.isUnresolved(value) ? bytesOfToken : Buffer.byteLength(value)),
  }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= mostBytes) return;
  const longest = sizes.toSorted((one, other) => other.bytes - one.bytes).slice(0, 3);
  throw new ConfigurationError(
    `${path}: the variables of the function take ${total} bytes, and Lambda allows ${mostBytes}. Shorten the longest settings: ${longest.map(({ setting, bytes }) => `${setting} ${bytes}`).join(', ')}.`,
  );
};

/** The settings by the names under which functions read them: the only place where one is renamed or converted. */
export const valuesOf = (settings: Settings) => {
  const { runs, offboarding, identityProviders, desk } = settings;
  return {
    ...settings,
    stack: settings.name,
    tokenRotation: settings.tokenRotation.enabled,
    maxTargetsCeiling: runs.maxTargetsCeiling,
    executionTimeoutSeconds: runs.executionTimeoutDays * table.secondsPerDay,
    identityStoreId: offboarding.identityCenter.identityStoreId,
    offboardingMaxTargets: offboarding.maxTargets,
    sourceWatchDays: Object.fromEntries(
      dialectNames.flatMap((name) => {
        const days = offboarding[sectionOf(name)]?.watchDays;
        return days === undefined ? [] : [[name, days]];
      }),
    ),
    customTimeZone: offboarding.custom.timeZone,
    nativeEvents: offboarding.identityCenter.nativeEvents,
    // The digests of tokens are no secrets.
    identityProviders: Object.fromEntries(
      Object.entries(identityProviders).map(([name, { quietAfterHours: _, ...provider }]) => [name, provider]),
    ),
    desk: desk && {
      issuer: desk.issuer,
      clientId: desk.clientId,
      scopes: desk.scopes ?? ['openid', 'profile', 'email'],
    },
    deskAllow: desk?.allow,
    jwtAllow: settings.authorization.jwt?.allow,
  };
};
