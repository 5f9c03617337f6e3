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
  /** Scopes by route: a caller needs one of them. Either every route has scopes or none, so that none is forgotten. */
  scopes: v.exactOptional(fields(v.entriesFromList(routes.map(routeKeyOf), listOf(word, 10)))),
  /** Who may do what, by the claims of the token. Scopes and these rules count both. */
  allow: v.exactOptional(accessRules),
});

/** A page for people, who sign in at the company's OpenID provider. */
const desk = fields({
  issuer,
  /** Of the page, which is a public client: it has no secret. */
  clientId: word,
  /** The `aud` of the access tokens: the client's id, unless it is set. */
  audience: v.exactOptional(listOf(word, 50)),
  /** What the page asks the issuer for: openid, profile and email, unless it is set. */
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
  /** Instances that one run may touch, whatever its request says. */
  maxTargetsCeiling: numberAs(shared.maxTargetsCeiling),
  /** How long a run may take: the wait for its instant, and at least a day to act in. */
  executionTimeoutDays: numberAs({
    min: 2,
    max: timeout.max / secondsPerDay,
    default: timeout.default / secondsPerDay,
  }),
  /** How long a run can be read after its end. */
  retentionDays: v.optional(wholeNumber(1, 90), 30),
  memoryMb: v.optional(memoryMb, 512),
});

/** Days to watch the instances of a leaver whom this source reports. An event that says it itself decides. */
const watchDays = v.exactOptional(wholeNumber(shared.watchDays.min, shared.watchDays.max));

const custom = fields({
  enabled: v.optional(flag, true),
  watchDays,
  /** Values of the event's `source` that may log people out; any by default. An event of another source goes to the failed queue. */
  sources: v.exactOptional(listOf(matching(/^[\w./-]{1,256}$/, 'the source of an event, such as com.example.hr'), 20)),
  /** Of the dates in its events. */
  timeZone: v.exactOptional(timeZone),
  /** Who outside this account may put events on the stack's bus; inside, a role's own policy decides. */
  putEventsFrom: v.exactOptional(
    fields({
      accounts: v.exactOptional(listOf(matching(/^[0-9]{12}$/, 'the id of an AWS account'), 50)),
      organization: v.exactOptional(matching(/^o-[a-z0-9]{10,32}$/, 'the id of an AWS organization')),
    }),
  ),
});

const okta = fields({
  /** The bus that Okta's log streaming was associated with in this account and region. */
  partnerBusName: matching(
    /^aws\.partner\/okta\.com\/[A-Za-z0-9._/-]{1,230}$/,
    'the name of a partner event bus, aws.partner/okta.com/…',
  ),
  watchDays,
});

const identityCenter = fields({
  enabled: v.optional(flag, false),
  /** Where the function reads whether a changed user is disabled. `aws sso-admin list-instances` names it. */
  identityStoreId: v.exactOptional(textAs(shared.identityStoreId)),
  watchDays,
  /** Also its own events, which need no CloudTrail. No live one was ever seen. */
  nativeEvents: v.optional(flag, false),
});

/** Which systems' events report that somebody left: the settings of each dialect. */
const offboarding = fields({
  /** Instances that the run of one leaver may touch: as many as any run, unless it is set. */
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
  /** `COMPLIANCE`: nobody can shorten the retention, the account's root user included. */
  mode: v.picklist(['GOVERNANCE', 'COMPLIANCE'], 'must be GOVERNANCE or COMPLIANCE'),
});

const topicPattern = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$/;
const topicRule = 'the ARN of a standard SNS topic';

/** Where people are told what happened, and of what. */
const notification = fields({
  topic: textOrToken(topicPattern, topicRule),
  events: v.optional(
    listOf(
      v.picklist(notificationEventNames, `must be one of ${notificationEventNames.join(', ')}`),
      notificationEventNames.length,
    ),
    defaultNotificationEvents,
  ),
  /** `text` for mail, `chat` for Slack and Microsoft Teams. */
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

/** What a deployment may choose, as plain values. */
const entries = {
  /** How the names of the instances' secrets begin (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html). */
  secretPrefix: v.optional(textAs(shared.secretPrefix), shared.secretPrefix.default),
  /** Prefixes of other deployments below `secretPrefix`: their secrets are not looked at. */
  otherPrefixes: v.optional(upTo(textAs(shared.secretPrefix), shared.otherPrefixes.max), []),
  /** GREEN-API hosts besides its well-known ones, with the port if there is one. */
  allowedApiHosts: v.optional(v.array(publicHost, 'must be a list'), []),
  /** How long a credential is reused; 0: it is read for each call. */
  credentialTtlMs: numberAs(shared.credentialTtlMs),
  /** Instances whose credentials each new copy of the function reads before its first call. More than one takes the right to read secrets in batches. */
  warmInstances: v.optional(upTo(instanceId, shared.warmInstances.max), []),
  /**
   * GREEN-API hosts that each new copy of the function connects to before its first call, besides those of the warm instances.
   * None by default: most instances have a host of their own, and a connection to another one only delays the start.
   */
  warmHosts: v.optional(upTo(publicHost, shared.warmHosts.max), []),
  /** Time allowed for one request to GREEN-API. An HTTP function ends its calls after 26 s, 2 s before it must answer. */
  greenApiTimeoutMs: numberAs(shared.greenApiTimeoutMs),
  /** How callers prove who they are: AWS IAM, unless a JWT issuer is named. */
  authorization: v.optional(fields({ jwt: v.exactOptional(jwt) }), {}),
  /** Off unless it is configured. */
  desk: v.exactOptional(desk),
  /** Requests per second, and how many at once above that, for all callers together. */
  throttling: v.optional(
    fields({ rateLimit: v.optional(wholeNumber(1, 10_000), 50), burstLimit: v.optional(wholeNumber(1, 5_000), 100) }),
    {},
  ),
  /** A custom domain of API Gateway in this account and Region: the whole of it becomes the address of the API. */
  domainName: v.exactOptional(
    textOrToken(/^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/, domainRule),
  ),
  /** Whether the API has no address but `domainName`. */
  disableExecuteApiEndpoint: v.optional(flag, false),
  /** Whether the functions write traces into X-Ray. */
  tracing: v.optional(flag, true),
  logRetentionDays: v.optional(retentionDays, 30),
  /** 9999: for good. */
  evidenceRetentionDays: v.optional(retentionDaysOrForever, 365),
  /** Whether a token may be changed at GREEN-API: with it, functions may write the instances' secrets. */
  tokenRotation: v.optional(fields({ enabled: v.optional(flag, false) }), {}),
  /** Off unless it is configured. */
  evidenceVault: v.exactOptional(evidenceVault),
  /** Nobody is told what happened, unless it is configured. */
  notifications: v.optional(notifications, []),
  /** The runbook that alarm texts link to. */
  runbookUrl: v.exactOptional(textOrToken(/^https:\/\/[^\s/?#]+[^\s#]*$/, 'an https URL without fragment')),
  /** Memory of each function except `run` and `watch`, and with it its share of a CPU. */
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
  /** The customer's key that encrypts the secrets, if it is not AWS's own. */
  kmsKeyArn: v.exactOptional(keyArn),
  /** The customer's key of logs, queues, run history and vault, if they are not under keys of AWS. */
  dataEncryptionKeyArn: v.exactOptional(keyArn),
  /** The network that the functions run in. */
  network: v.exactOptional(network),
  /** The SNS topic that alarms write to; without one they only show in CloudWatch. */
  alarmTopicArn: v.exactOptional(matching(topicPattern, topicRule)),
});

/** What a deployment may choose, with every default filled in. */
export type Configuration = Readonly<v.InferOutput<typeof configurationSchema>>;
