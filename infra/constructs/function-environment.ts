import { dialectNames } from '../../functions/offboarding/dialects.ts';
import * as table from '../../functions/platform/settings.ts';
import type { Settings } from '../configuration/configuration.ts';
import { sectionOf } from '../configuration/offboarding-rules.ts';

/** The settings by the variables that the functions read. */
export const settingOf: ReadonlyMap<string, string> = new Map(
  Object.entries(table).flatMap(([setting, row]) =>
    typeof row === 'object' && 'variable' in row ? [[row.variable, setting]] : [],
  ),
);

/** The names of all variables that the functions read. */
export const variableNames = [...settingOf.keys()];

/** The variables of a function. */
export type FunctionEnvironment = Readonly<Record<string, string>>;

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
