import * as v from 'valibot';
import { type InstanceId, parseInstanceId } from '../../functions/green-api/instance-id.ts';
import { routeKeyOf, routes } from '../../functions/http/routes.ts';
import type { DialectName } from '../../functions/offboarding/dialects.ts';
import * as shared from '../../functions/platform/settings.ts';
import { accessRules, accessRulesOfPeople } from './access-rules.ts';
import {
  fields,
  flag,
  listOf,
  matching,
  numberAs,
  publicHost,
  retentionDays,
  retentionDaysOrForever,
  textAs,
  textOrToken,
  upTo,
  wholeNumber,
  word,
} from './field-schemas.ts';
import { identityProviders } from './identity-providers.ts';
import { defaultNotificationEvents, notificationEventNames, notificationFormats } from './notifications.ts';
import { scheduleSchema } from './schedules/schedule-schema.ts';
import { timeZone } from './schedules/time-zone.ts';

const memoryMb = wholeNumber(128, 10_240);

/** The `iss` of tokens. */
const issuer = textOrToken(/^https:\/\/[^\s/?#]+[^\s?#]*$/, 'an https URL without query and fragment');

const jwt = fields({
  issuer,
  audience: listOf(word, 50),
  /** Either every route has scopes or none, so that none is forgotten. */
  scopes: v.exactOptional(fields(v.entriesFromList(routes.map(routeKeyOf), listOf(word, 10)))),
  allow: v.exactOptional(accessRules),
});

const desk = fields({
  issuer,
  clientId: word,
  audience: v.exactOptional(listOf(word, 50)),
  scopes: v.exactOptional(
    v.pipe(
      listOf(word, 20),
      v.check((scopes) => scopes.includes('openid'), 'must have openid'),
    ),
  ),
  allow: accessRulesOfPeople,
});

const { secondsPerDay, executionTimeoutSeconds: timeout } = shared;

const runs = fields({
  maxTargetsCeiling: numberAs(shared.maxTargetsCeiling),
  executionTimeoutDays: numberAs({
    min: 2,
    max: timeout.max / secondsPerDay,
    default: timeout.default / secondsPerDay,
  }),
  retentionDays: v.optional(wholeNumber(1, 90), 30),
  memoryMb: v.optional(memoryMb, 512),
});

const watchDays = v.exactOptional(wholeNumber(shared.watchDays.min, shared.watchDays.max));

const custom = fields({
  enabled: v.optional(flag, true),
  watchDays,
  sources: v.exactOptional(listOf(matching(/^[\w./-]{1,256}$/, 'the source of an event, such as com.example.hr'), 20)),
  timeZone: v.exactOptional(timeZone),
  putEventsFrom: v.exactOptional(
    fields({
      accounts: v.exactOptional(listOf(matching(/^[0-9]{12}$/, 'the id of an AWS account'), 50)),
      organization: v.exactOptional(matching(/^o-[a-z0-9]{10,32}$/, 'the id of an AWS organization')),
    }),
  ),
});

const okta = fields({
  partnerBusName: matching(
    /^aws\.partner\/okta\.com\/[A-Za-z0-9._/-]{1,230}$/,
    'the name of a partner event bus, aws.partner/okta.com/…',
  ),
  watchDays,
});

const identityCenter = fields({
  enabled: v.optional(flag, false),
  identityStoreId: v.exactOptional(textAs(shared.identityStoreId)),
  watchDays,
  nativeEvents: v.optional(flag, false),
});

const offboarding = fields({
  maxTargets: v.exactOptional(wholeNumber(1, shared.mostInstances)),
  custom: v.optional(custom, {}),
  okta: v.exactOptional(okta),
  identityCenter: v.optional(identityCenter, {}),
} satisfies Record<Exclude<DialectName, 'identityCenterNative'> | 'maxTargets', v.GenericSchema>);

const instanceId = v.message(
  v.custom<InstanceId>((id) => parseInstanceId(id) !== undefined),
  'must be the id of an instance, as a text',
);

/** A copy of the evidence that nobody can alter (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html). */
const evidenceVault = fields({
  years: wholeNumber(1, 99),
  mode: v.picklist(['GOVERNANCE', 'COMPLIANCE'], 'must be GOVERNANCE or COMPLIANCE'),
});

const topicPattern = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$/;
const topicRule = 'the ARN of a standard SNS topic';

const notification = fields({
  topic: textOrToken(topicPattern, topicRule),
  events: v.optional(
    listOf(
      v.picklist(notificationEventNames, `must be one of ${notificationEventNames.join(', ')}`),
      notificationEventNames.length,
    ),
    defaultNotificationEvents,
  ),
  format: v.optional(v.picklist(notificationFormats, `must be one of ${notificationFormats.join(', ')}`), 'text'),
});

/** One destination, or a list of them. */
const notifications = v.pipe(
  v.unknown(),
  v.transform((given) => (Array.isArray(given) ? given : [given])),
  upTo(notification, 5),
);

/** Also the name of the event bus and of the group of schedules, which takes no more than 64 characters. */
const name = matching(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'up to 64 letters, digits and hyphens, a letter first');

const domainRule = 'the name of a custom domain of API Gateway, such as logout.example.com';

/** What a deployment may choose, as plain values. What each setting means is documented in `GreenApiLogoutProps`. */
const entries = {
  /** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
  secretPrefix: v.optional(textAs(shared.secretPrefix), shared.secretPrefix.default),
  otherPrefixes: v.optional(upTo(textAs(shared.secretPrefix), shared.otherPrefixes.max), []),
  allowedApiHosts: v.optional(v.array(publicHost, 'must be a list'), []),
  credentialTtlMs: numberAs(shared.credentialTtlMs),
  warmInstances: v.optional(upTo(instanceId, shared.warmInstances.max), []),
  /** None by default: most instances have a host of their own, and a connection to another one only delays the start. */
  warmHosts: v.optional(upTo(publicHost, shared.warmHosts.max), []),
  /** An HTTP function ends its calls after 26 s, 2 s before it must answer. */
  greenApiTimeoutMs: numberAs(shared.greenApiTimeoutMs),
  authorization: v.optional(fields({ jwt: v.exactOptional(jwt) }), {}),
  desk: v.exactOptional(desk),
  throttling: v.optional(
    fields({ rateLimit: v.optional(wholeNumber(1, 10_000), 50), burstLimit: v.optional(wholeNumber(1, 5_000), 100) }),
    {},
  ),
  domainName: v.exactOptional(
    textOrToken(/^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/, domainRule),
  ),
  disableExecuteApiEndpoint: v.optional(flag, false),
  tracing: v.optional(flag, true),
  logRetentionDays: v.optional(retentionDays, 30),
  evidenceRetentionDays: v.optional(retentionDaysOrForever, 365),
  tokenRotation: v.optional(fields({ enabled: v.optional(flag, false) }), {}),
  evidenceVault: v.exactOptional(evidenceVault),
  notifications: v.optional(notifications, []),
  runbookUrl: v.exactOptional(textOrToken(/^https:\/\/[^\s/?#]+[^\s#]*$/, 'an https URL without fragment')),
  memoryMb: v.optional(memoryMb, 256),
  runs: v.optional(runs, {}),
  schedules: v.optional(upTo(scheduleSchema, 100), []),
  offboarding: v.optional(offboarding, {}),
  identityProviders: v.optional(identityProviders, {}),
};

/** The settings that a construct has under the same name, unless its prop is a CDK object or a `Duration`. */
export const settingNames: ReadonlySet<string> = new Set(Object.keys(entries));

/** The settings of one `GreenApiLogout`. */
export const settingsSchema = fields({ name, ...entries });

export type Settings = Readonly<v.InferOutput<typeof settingsSchema>>;

const keyArn = matching(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-z0-9-]+$/,
  'the ARN of a KMS key, not of an alias',
);

const idOf = (kind: 'vpc' | 'subnet' | 'sg') =>
  matching(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `an id such as ${kind}-0123456789abcdef0`);

/** Lambda takes 16 subnets and 5 security groups (https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html). */
const network = fields({
  vpcId: idOf('vpc'),
  subnetIds: listOf(idOf('subnet'), 16),
  securityGroupIds: v.exactOptional(listOf(idOf('sg'), 5)),
});

/** What a configuration file has under `green-api-logout`: the same, and ARNs where the construct takes CDK objects. */
export const configurationSchema = fields({
  stackName: v.optional(name, shared.stack.default),
  ...entries,
  kmsKeyArn: v.exactOptional(keyArn),
  dataEncryptionKeyArn: v.exactOptional(keyArn),
  network: v.exactOptional(network),
  alarmTopicArn: v.exactOptional(matching(topicPattern, topicRule)),
});

/** What a deployment may choose, with every default filled in. */
export type Configuration = Readonly<v.InferOutput<typeof configurationSchema>>;
