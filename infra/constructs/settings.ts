import { Duration, Names } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DialectName } from '../../functions/offboarding/dialects.ts';
import { type Configuration, parseSettings, type Settings } from '../configuration/configuration.ts';
import type { Schedule } from '../configuration/schedules/schedule-schema.ts';
import type {
  GreenApiLogoutProps,
  GreenApiLogoutStackProps,
  LogoutSchedule,
  Offboarding,
} from './green-api-logout-props.ts';

/** Bus, schedule group and dashboard take this many characters. */
const longestName = 64;

/** A duration that is no whole number is refused with all other wrong props, and not by CDK, which does not name the prop. */
const fractions = { integral: false };

const plainValuesOf = (scope: Construct, props: GreenApiLogoutProps): object => ({
  name: props.name ?? Names.uniqueResourceName(scope, { maxLength: longestName, separator: '-' }),
  secretPrefix: props.secretPrefix,
  otherPrefixes: props.otherPrefixes,
  allowedApiHosts: props.allowedApiHosts,
  credentialTtlMs: props.credentialTtl?.toMilliseconds(fractions),
  greenApiTimeoutMs: props.greenApiTimeout?.toMilliseconds(fractions),
  warmInstances: props.warmInstances,
  warmHosts: props.warmHosts,
  authorization: props.authorization,
  throttling: props.throttling,
  logRetentionDays: props.logRetention,
  evidenceRetentionDays: props.evidenceRetention,
  tokenRotation: props.tokenRotation,
  evidenceVault: props.evidenceVault,
  runbookUrl: props.runbookUrl,
  memoryMb: props.memorySize,
  runs: {
    maxTargetsCeiling: props.runs?.maxTargetsCeiling,
    executionTimeoutDays: props.runs?.executionTimeout?.toDays(fractions),
    retentionDays: props.runs?.retention?.toDays(fractions),
    memoryMb: props.runs?.memorySize,
  },
  // Does not compile while a field of a schedule has no prop.
  schedules: props.schedules satisfies readonly Pick<LogoutSchedule, keyof Schedule>[] | undefined,
  // Does not compile while a dialect has no prop.
  offboarding: props.offboarding satisfies Pick<Offboarding, DialectName> | undefined,
  identityProviders: props.identityProviders,
});

/** The props whose settings have another name. */
const propNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    credentialTtlMs: 'credentialTtl in milliseconds',
    greenApiTimeoutMs: 'greenApiTimeout in milliseconds',
    logRetentionDays: 'logRetention',
    evidenceRetentionDays: 'evidenceRetention',
    memoryMb: 'memorySize',
    'runs.executionTimeoutDays': 'runs.executionTimeout in days',
    'runs.retentionDays': 'runs.retention in days',
    'runs.memoryMb': 'runs.memorySize',
  } satisfies Partial<Record<keyof Settings | `runs.${keyof Settings['runs']}`, string>>),
);

/**
 * The props that are plain values, with every default filled in.
 *
 * @throws ConfigurationError naming every prop that is wrong
 */
export const settingsOf = (scope: Construct, props: GreenApiLogoutProps): Settings =>
  // As JSON, which drops props that are undefined: they get their defaults.
  parseSettings(
    JSON.parse(JSON.stringify(plainValuesOf(scope, props))),
    (path) => `${scope.node.path}.${propNames.get(path) ?? path}`,
  );

/** The props of the stack that a configuration file describes: the inverse of {@link settingsOf}. */
export const propsOf = (configuration: Configuration): GreenApiLogoutStackProps => {
  const {
    kmsKeyArn: encryptionKeyArn,
    credentialTtlMs,
    greenApiTimeoutMs,
    logRetentionDays,
    evidenceRetentionDays,
    memoryMb,
    runs,
    ...same
  } = configuration;
  return {
    ...same,
    encryptionKeyArn,
    credentialTtl: Duration.millis(credentialTtlMs),
    greenApiTimeout: Duration.millis(greenApiTimeoutMs),
    logRetention: logRetentionDays,
    evidenceRetention: evidenceRetentionDays,
    memorySize: memoryMb,
    runs: {
      maxTargetsCeiling: runs.maxTargetsCeiling,
      executionTimeout: Duration.days(runs.executionTimeoutDays),
      retention: Duration.days(runs.retentionDays),
      memorySize: runs.memoryMb,
    },
  };
};
