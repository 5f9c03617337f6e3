import { Names } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Configuration, parseSettings, type Settings, settingNames } from '../configuration/configuration.ts';
import type { Schedule } from '../configuration/schedules/schedule-schema.ts';
import type {
  GreenApiLogoutProps,
  GreenApiLogoutStackProps,
  LogoutSchedule,
  NotificationDestination,
} from './green-api-logout-props.ts';
import { propNames } from './prop-names.ts';

/** Bus, schedule group and dashboard take this many characters. */
export const longestName = 64;

/** A duration that is no whole number is refused with all other wrong props, and not by CDK, which does not name the prop. */
const fractions = { integral: false };

/** The prop takes one of them too. */
export const notificationsOf = ({ notifications = [] }: GreenApiLogoutProps): readonly NotificationDestination[] =>
  [notifications].flat();

/** The values of {@link propNames}: the only place where a `Duration` is converted. */
const convertedValuesOf = ({ runs, ...props }: GreenApiLogoutProps) => ({
  credentialTtlMs: props.credentialTtl?.toMilliseconds(fractions),
  greenApiTimeoutMs: props.greenApiTimeout?.toMilliseconds(fractions),
  logRetentionDays: props.logRetention,
  evidenceRetentionDays: props.evidenceRetention,
  memoryMb: props.memorySize,
  runs: {
    maxTargetsCeiling: runs?.maxTargetsCeiling,
    executionTimeoutDays: runs?.executionTimeout?.toDays(fractions),
    retentionDays: runs?.retention?.toDays(fractions),
    memoryMb: runs?.memorySize,
  },
  notifications: notificationsOf(props).map(({ topic, ...rest }) => ({
    topic: typeof topic === 'string' ? topic : topic.topicArn,
    ...rest,
  })),
  // Does not compile while a field of a schedule has no prop.
  schedules: props.schedules satisfies readonly Pick<LogoutSchedule, keyof Schedule>[] | undefined,
});

const nameOfProp = (path: string): string => {
  const { name = path, unit } = propNames[path] ?? {};
  return unit === undefined ? name : `${name} in ${unit}`;
};

/** Where {@link propsOf} leaves settings that are already checked. */
const checkedSettings = Symbol('settings of a configuration file');

type PropsOfFile = { readonly [checkedSettings]?: Settings };

/**
 * The props that are plain values, with every default filled in.
 *
 * @throws ConfigurationError naming every prop that is wrong
 */
export const settingsOf = (scope: Construct, props: GreenApiLogoutProps & PropsOfFile): Settings => {
  if (props[checkedSettings] !== undefined) return props[checkedSettings];
  const plain = {
    ...Object.fromEntries(Object.entries(props).filter(([name]) => settingNames.has(name))),
    ...convertedValuesOf(props),
    name: props.name ?? Names.uniqueResourceName(scope, { maxLength: longestName, separator: '-' }),
  };
  // As JSON, which drops props that are undefined: they get their defaults.
  return parseSettings(JSON.parse(JSON.stringify(plain)), (path) => `${scope.node.path}.${nameOfProp(path)}`);
};

/** The props of the stack that a configuration file describes. Its settings stay as they are. */
export const propsOf = ({
  stackName,
  kmsKeyArn: encryptionKeyArn,
  dataEncryptionKeyArn,
  network,
  alarmTopicArn,
  ...settings
}: Configuration): GreenApiLogoutStackProps & PropsOfFile => ({
  stackName,
  encryptionKeyArn,
  dataEncryptionKeyArn,
  network,
  alarmTopicArn,
  notifications: settings.notifications,
  [checkedSettings]: { name: stackName, ...settings },
});
