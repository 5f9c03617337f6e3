import { Token } from 'aws-cdk-lib';
import { dialectNames } from '../../functions/offboarding/dialects.ts';
import { writeVariables } from '../../functions/platform/environment.ts';
import * as table from '../../functions/platform/settings.ts';
import { ConfigurationError, type Settings } from '../configuration/configuration.ts';
import { sectionOf } from '../configuration/offboarding-rules.ts';

type Row = Extract<(typeof table)[keyof typeof table], { readonly variable: string }>;

/** The names of all variables that the functions read. */
export const variableNames: readonly Row['variable'][] = Object.values(table).flatMap((row) =>
  typeof row === 'object' && 'variable' in row ? [row.variable] : [],
);

/** The variables that a function reads. */
export type FunctionEnvironment = { readonly [Name in Row['variable']]?: string };

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostBytes = 4_096;

/** What CloudFormation fills in at the deployment is a name or an ARN. */
const bytesOfToken = 100;

const bytesOf = ([name, value = '']: readonly [string, string | undefined]): number =>
  Buffer.byteLength(name) + (Token.isUnresolved(value) ? bytesOfToken : Buffer.byteLength(value));

const settingOf = (variable: string): string =>
  Object.entries(table).find(
    ([, row]) => typeof row === 'object' && 'variable' in row && row.variable === variable,
  )?.[0] ?? variable;

/** @throws ConfigurationError naming the longest settings when Lambda would refuse the variables of the function */
export const checkSize = (path: string, environment: FunctionEnvironment): void => {
  const sizes = Object.entries(environment).map((entry) => ({ setting: settingOf(entry[0]), bytes: bytesOf(entry) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= mostBytes) return;
  const longest = sizes.toSorted((one, other) => other.bytes - one.bytes).slice(0, 3);
  throw new ConfigurationError(
    `${path}: the variables of the function take ${total} bytes, and Lambda allows ${mostBytes}. Shorten the longest settings: ${longest.map(({ setting, bytes }) => `${setting} ${bytes}`).join(', ')}.`,
  );
};

/** The settings by the names under which functions read them: the only place where one is renamed or converted. */
const valuesOf = (settings: Settings) => ({
  ...settings,
  stack: settings.name,
  tokenRotation: settings.tokenRotation.enabled,
  maxTargetsCeiling: settings.runs.maxTargetsCeiling,
  executionTimeoutSeconds: settings.runs.executionTimeoutDays * table.secondsPerDay,
  identityStoreId: settings.offboarding.identityCenter.identityStoreId,
  offboardingMaxTargets: settings.offboarding.maxTargets,
  sourceWatchDays: Object.fromEntries(
    dialectNames.flatMap((name) => {
      const days = settings.offboarding[sectionOf(name)]?.watchDays;
      return days === undefined ? [] : [[name, days]];
    }),
  ),
  customTimeZone: settings.offboarding.custom.timeZone,
  nativeEvents: settings.offboarding.identityCenter.nativeEvents,
  deskAllow: settings.desk?.allow,
  jwtAllow: settings.authorization.jwt?.allow,
});

const pageSettingsOf = ({
  issuer,
  clientId,
  scopes = ['openid', 'profile', 'email'],
}: NonNullable<Settings['desk']>) => ({ issuer, clientId, scopes });

/** For a function that answers callers of the API. */
export const accessEnvironment = (settings: Settings): FunctionEnvironment =>
  writeVariables(table.accessSettings, valuesOf(settings));

/** For a function that only lists instances. */
export const listingEnvironment = (settings: Settings): FunctionEnvironment =>
  writeVariables(table.listingSettings, valuesOf(settings));

/** For a function that reads credentials and calls GREEN-API. */
export const readingEnvironment = (settings: Settings): FunctionEnvironment =>
  writeVariables(table.readingSettings, valuesOf(settings));

/** For a function that logs out, may rotate the token, and reports the outcome. */
export const callingEnvironment = (settings: Settings, eventBus: string): FunctionEnvironment =>
  writeVariables(table.callingSettings, { ...valuesOf(settings), eventBus });

/** For a function that only publishes events. */
export const publishingEnvironment = (eventBus: string): FunctionEnvironment =>
  writeVariables(table.publishingSettings, { eventBus });

/** For a function whose caller waits: what it prepares before its first call. */
export const warmingEnvironment = (settings: Settings): FunctionEnvironment =>
  writeVariables(table.warmingSettings, valuesOf(settings));

/** For a function that starts runs: it refuses a rotation of tokens where that is not enabled. */
export const startingEnvironment = (
  settings: Settings,
  runFunction: string,
  runQualifier: string,
): FunctionEnvironment => writeVariables(table.startingSettings, { ...valuesOf(settings), runFunction, runQualifier });

/** For the function that executes runs: when one expires whose request does not say it. */
export const expiryEnvironment = (settings: Settings): FunctionEnvironment =>
  writeVariables(table.expirySettings, valuesOf(settings));

/** For the function that serves the page of the desk. */
export const deskEnvironment = (settings: Settings): FunctionEnvironment =>
  writeVariables(table.deskSettings, { ...valuesOf(settings), desk: settings.desk && pageSettingsOf(settings.desk) });

/** For a function that starts or follows watches. */
export const watchEnvironment = (watchFunction: string, watchQualifier: string): FunctionEnvironment =>
  writeVariables(table.watchingSettings, { watchFunction, watchQualifier });

/** For the function that starts a run for each person who left. */
export const offboardingEnvironment = (settings: Settings): FunctionEnvironment =>
  writeVariables(table.offboardingSettings, valuesOf(settings));

/** For the function that keeps evidence. */
export const vaultEnvironment = (evidenceBucket: string): FunctionEnvironment =>
  writeVariables(table.vaultSettings, { evidenceBucket });

type Providers = Settings['identityProviders'];

/**
 * For a function that identity providers call. The digests of their tokens are no secrets.
 *
 * @param copies of the function that may run at once
 */
export const providersEnvironment = (providers: Providers, settings: Settings, copies: number): FunctionEnvironment =>
  writeVariables(table.providerSettings, {
    ...valuesOf(settings),
    copies,
    identityProviders: Object.fromEntries(
      Object.entries(providers).map(([name, { quietAfterHours: _, ...provider }]) => [name, provider]),
    ),
  });
