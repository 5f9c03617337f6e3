import type { Duration, StackProps } from 'aws-cdk-lib';
import type { MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/**
 * Who has a capability: people whose token has one of the values in a claim, or a scope, or everybody with a token. `claim` is a
 * name, or the names on the way to it, such as Keycloak's `['realm_access', 'roles']`. Values are compared as a whole.
 */
export type AccessRule =
  | 'everybody'
  | { readonly scope: string }
  | { readonly claim: string | readonly string[]; readonly anyOf: readonly string[] };

/** Who may do what. */
export interface AccessRules {
  /** See instances, states and runs, and start drills. @default nobody */
  readonly read?: AccessRule;
  /** Log one instance out. @default nobody */
  readonly logout?: AccessRule;
  /** Start and stop runs. @default nobody */
  readonly runs?: AccessRule;
}

/** A page that the API itself serves at `/desk`. People sign in to it at an OpenID provider. */
export interface Desk {
  /** The `iss` of the tokens: an https URL, without the discovery document's path. */
  readonly issuer: string;
  /** Id of the page at the issuer, where it is a public client with PKCE. */
  readonly clientId: string;
  /** The `aud` of the access tokens: one of these is enough. @default the client's id */
  readonly audience?: readonly string[];
  /** What the page asks for; `openid` is needed. @default openid, profile and email */
  readonly scopes?: readonly string[];
  readonly allow: AccessRules;
}

/** Tokens of a JWT issuer, in place of AWS IAM signatures. */
export interface JwtAuthorization {
  /** The `iss` of the tokens: an https URL. */
  readonly issuer: string;
  /** The `aud` of the tokens: one of these is enough. */
  readonly audience: readonly string[];
  /**
   * Scopes by route, for example `{ 'GET /instances': ['instances.read'] }`: a caller needs one of them. Name every route
   * or none.
   * @default what `allow` says
   */
  readonly scopes?: Readonly<Record<string, readonly string[]>>;
  /** Who may do what, by the claims of the token. Either these rules or `scopes` are needed; together both count. @default what `scopes` says */
  readonly allow?: AccessRules;
}

/** How callers of the HTTP API prove who they are. */
export interface Authorization {
  /** @default AWS IAM: each request is signed with SigV4 */
  readonly jwt?: JwtAuthorization;
}

/** The limit of requests to the HTTP API, for all callers together. */
export interface Throttling {
  /** Requests per second. @default 50 */
  readonly rateLimit?: number;
  /** Requests at once above the rate. @default 100 */
  readonly burstLimit?: number;
}

/** Runs over many instances. */
export interface RunOptions {
  /** Most instances one run may touch, whatever its request says. @default 3000 */
  readonly maxTargetsCeiling?: number;
  /** Longest duration of a run, including the wait for its start and a day to act in: whole days, 2 to 366. @default 30 days */
  readonly executionTimeout?: Duration;
  /** How long a run can be read after its end: whole days, 1 to 90. @default 30 days */
  readonly retention?: Duration;
  /** MiB of memory of the functions `run` and `watch`. @default 512 */
  readonly memorySize?: number;
}

/** The instances a run aims at: exactly one of the fields. */
export type RunTarget =
  | { readonly instances: readonly string[] }
  | { readonly owner: string }
  | { readonly group: string }
  | { readonly all: true };

/** A run that EventBridge Scheduler starts. */
export interface LogoutSchedule {
  /** Unique name: up to 64 letters, digits, hyphens, underscores and dots. */
  readonly name: string;
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  readonly expression: string;
  /** Name of a zone in the IANA database, for example `Europe/Berlin`. */
  readonly timeZone: string;
  readonly target: RunTarget;
  readonly reason: string;
  /** Instances the run never touches. @default none */
  readonly except?: readonly string[] | undefined;
  /** Most instances the run may touch; required with `all`. @default 50, or the ceiling if that is lower */
  readonly maxTargets?: number | undefined;
  /** Also clear the queue of outgoing messages. @default false */
  readonly clearQueue?: boolean | undefined;
  /** Change the token of each confirmed instance at GREEN-API; needs `tokenRotation`. @default false */
  readonly rotateToken?: boolean | undefined;
  /** Only report who would be logged out. @default false */
  readonly dryRun?: boolean | undefined;
  /** Finding no instance is normal for this schedule: no alarm. @default false */
  readonly mayFindNobody?: boolean | undefined;
  /** Days to watch the confirmed instances afterwards, in case somebody links one again: 1 to 30. @default none */
  readonly watchDays?: number | undefined;
}

/** Who outside this account may put events on the bus; inside, a role's own policy decides. */
export interface EventSenders {
  /** Ids of accounts: literals, not tokens. */
  readonly accounts?: readonly string[];
  /** Id of an AWS organization: a literal, not a token. */
  readonly organization?: string;
}

/** The event `Employee Offboarded`, which any system can put on the bus. */
export interface CustomOffboarding {
  /** @default true */
  readonly enabled?: boolean;
  /** Days to watch the instances of a leaver whose event does not say it itself: 1 to 30. @default none */
  readonly watchDays?: number;
  /** Values of the event's `source` that may log people out; an event of another source goes to the failed queue. @default any source */
  readonly sources?: readonly string[];
  /** IANA's name of the time zone of dates in its events. @default none: an event with a date is refused */
  readonly timeZone?: string;
  /** @default nobody outside this account */
  readonly putEventsFrom?: EventSenders;
}

/** Okta's log streaming. */
export interface OktaOffboarding {
  /** The partner event bus it was associated with: a literal, not a token. */
  readonly partnerBusName: string;
  /** Days to watch the instances of a leaver whom it reports: 1 to 30. @default none */
  readonly watchDays?: number;
}

/** AWS IAM Identity Center in this account and Region. */
export interface IdentityCenterOffboarding {
  /** With it, `identityStoreId` is required. @default false */
  readonly enabled?: boolean;
  /** Id of the identity store: a literal, not a token. @default none */
  readonly identityStoreId?: string;
  /** Days to watch the instances of a leaver whom it reports: 1 to 30. @default none */
  readonly watchDays?: number;
  /** Also its own events, which need no CloudTrail. No live one was ever seen. @default false */
  readonly nativeEvents?: boolean;
}

/** The systems whose events report that somebody left. */
export interface Offboarding {
  /** Most instances that the run of one leaver may touch. @default runs.maxTargetsCeiling */
  readonly maxTargets?: number;
  readonly custom?: CustomOffboarding;
  /** Okta's log streaming. @default off */
  readonly okta?: OktaOffboarding;
  readonly identityCenter?: IdentityCenterOffboarding;
}

/** A system outside AWS that reports over HTTPS who left, with a bearer token of its own. */
export interface IdentityProvider {
  /** `webhook`: `POST /offboarding`; `okta-event-hook`: `/okta-event-hook`; `scim`: SCIM 2.0 at `/scim/v2`. */
  readonly kind: 'webhook' | 'okta-event-hook' | 'scim';
  /** SHA-256 digests of its tokens, each as 64 hexadecimal digits: one, or two while a token is replaced. */
  readonly tokenSha256: readonly string[];
  /** People who own instances and may be logged out for it within an hour. @default 50 */
  readonly maxPerHour?: number;
  /** Most instances that the run of one person may touch. @default offboarding.maxTargets */
  readonly maxTargets?: number;
  /** Days to watch the instances of a person whose report does not say it itself: 1 to 30. @default none */
  readonly watchDays?: number;
  /** For `webhook`: IANA's name of the time zone of dates in its reports. @default none: a report with a date is refused */
  readonly timeZone?: string;
  /** Hours without any call after which an alarm goes into ALARM: 1 to 168. A `webhook` needs heartbeats for it. @default no alarm */
  readonly quietAfterHours?: number;
}

/** Changing an instance's token at GREEN-API, after a logout or by Secrets Manager's own rotation. */
export interface TokenRotationOptions {
  /** With it, the functions that rotate may write the instances' secrets. @default false */
  readonly enabled?: boolean;
}

/** A copy of the evidence in a bucket with S3 Object Lock. The bucket stays when the stack is deleted. */
export interface EvidenceVaultOptions {
  /** How long no record can be deleted or overwritten: 1 to 99. */
  readonly years: number;
  /** `COMPLIANCE`: nobody can shorten it, the account's root user included. `GOVERNANCE`: a special permission can. */
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
}

/** What people can be notified of. */
export type NotificationEvent = 'runs' | 'failed-logouts' | 'linked-again' | 'logouts' | 'idle-runs' | 'drills';

/** A topic whose subscribers are notified. */
export interface NotificationDestination {
  /**
   * An SNS topic, or its ARN. A topic that is not of this app must let EventBridge publish to it. A topic encrypted under
   * `alias/aws/sns` gets nothing.
   */
  readonly topic: ITopic | string;
  /** @default runs that logged somebody out, failed or were stopped; failed single logouts; instances linked again */
  readonly events?: readonly NotificationEvent[];
  /** `text`: a sentence, for mail. `chat`: a message that Amazon Q Developer posts to Slack or Teams. @default 'text' */
  readonly format?: 'text' | 'chat';
}

/** What a deployment may choose. Every prop has a default. */
export interface GreenApiLogoutProps {
  /**
   * Name of the deployment: of its bus, dashboard, API and group of schedules, the beginning of each alarm's name, and the
   * dimension `stack` of its metrics. Up to 64 letters, digits and hyphens, a letter first.
   * @default a name that is unique in the app; the name of the stack for `GreenApiLogoutStack`
   */
  readonly name?: string;
  /** How the names of the instances' secrets begin, `/` included. @default 'green-api/' */
  readonly secretPrefix?: string;
  /** Longer prefixes, of other deployments: their secrets are not looked at. At most 10. @default none */
  readonly otherPrefixes?: readonly string[];
  /** The customer managed key of those secrets; its policy must let IAM policies decide. @default the AWS managed key */
  readonly encryptionKey?: IKey;
  /**
   * Customer managed key of what the deployment stores: logs, queues, run history, and the evidence vault. The policy of an imported
   * key must name the services that docs/security.md lists.
   * @default keys of AWS
   */
  readonly dataEncryptionKey?: IKey;
  /** The network of the functions. They need a way to GREEN-API and to AWS: docs/security.md lists it. @default none */
  readonly vpc?: IVpc;
  /** @default the private subnets of `vpc` */
  readonly vpcSubnets?: SubnetSelection;
  /** @default one for all functions, which lets HTTPS out */
  readonly securityGroups?: readonly ISecurityGroup[];
  /** Hosts allowed in a secret's `apiUrl` besides GREEN-API's own. @default none */
  readonly allowedApiHosts?: readonly string[];
  /** How long a credential is reused; zero: it is read for each call. @default 5 minutes */
  readonly credentialTtl?: Duration;
  /** Time limit of one request to GREEN-API: 100 ms to 26 s. @default 10 seconds */
  readonly greenApiTimeout?: Duration;
  /** Up to 20 instances whose credentials the logout function reads while it starts. @default none */
  readonly warmInstances?: readonly string[];
  /** Up to 5 hosts the logout function connects to while it starts, besides those of the warm instances. @default none */
  readonly warmHosts?: readonly string[];
  /** @default AWS IAM */
  readonly authorization?: Authorization;
  /** @default off, and none of its routes */
  readonly desk?: Desk;
  readonly throttling?: Throttling;
  /**
   * Name of a custom domain of API Gateway in this account and Region, such as `domain.name` of a `DomainName`. All of it
   * becomes the address of the API.
   * @default none: the address that API Gateway makes
   */
  readonly domainName?: string;
  /** The API has no address but `domainName`. @default false */
  readonly disableExecuteApiEndpoint?: boolean;
  /** Write traces of the functions into X-Ray. @default true */
  readonly tracing?: boolean;
  /** Retention of every log but the evidence. @default 30 days */
  readonly logRetention?: RetentionDays;
  /** Retention of the evidence, which stays when the stack is deleted. May be `INFINITE`. @default 365 days */
  readonly evidenceRetention?: RetentionDays;
  /** @default off: a request for it is refused */
  readonly tokenRotation?: TokenRotationOptions;
  /** A copy of the evidence that nobody can alter. @default none */
  readonly evidenceVault?: EvidenceVaultOptions;
  /** Where alarms are sent. A topic encrypted under `alias/aws/sns` gets none. @default alarms only show in CloudWatch */
  readonly alarmTopic?: ITopic;
  /** Topics that get a sentence about each run that ended: one, or up to 5. @default nobody is notified */
  readonly notifications?: NotificationDestination | readonly NotificationDestination[];
  /**
   * The runbook that alarm texts link to: an https URL, to which `#` and the alarm's name are added.
   * @default docs/operations.md of this project: a link if its package.json names a repository, else only the file's name
   */
  readonly runbookUrl?: string;
  /** MiB of memory of each function but `run` and `watch`. @default 256 */
  readonly memorySize?: number;
  readonly runs?: RunOptions;
  /** At most 100. @default none */
  readonly schedules?: readonly LogoutSchedule[];
  /** @default custom events only */
  readonly offboarding?: Offboarding;
  /** By name: 1 to 16 lower-case letters, digits and hyphens. At most 10. @default none, and none of their routes */
  readonly identityProviders?: Readonly<Record<string, IdentityProvider>>;
}

/** The functions of a deployment by their names. One that is `undefined` belongs to a feature that is off. */
export interface LogoutFunctions {
  readonly logout: LambdaFunction;
  readonly instances: LambdaFunction;
  readonly state: LambdaFunction;
  readonly 'forced-logouts': LambdaFunction;
  readonly run: LambdaFunction;
  readonly watch: LambdaFunction;
  readonly schedule: LambdaFunction;
  readonly offboarding: LambdaFunction;
  readonly webhook: LambdaFunction | undefined;
  readonly scim: LambdaFunction | undefined;
  readonly desk: LambdaFunction | undefined;
  readonly 'rotate-token': LambdaFunction | undefined;
  readonly 'evidence-vault': LambdaFunction | undefined;
}

/** How {@link GreenApiLogout.addOutputs} names the outputs. */
export interface OutputOptions {
  /**
   * What the keys of the outputs begin with: letters and digits, a letter first. The command line then takes
   * `--stack NameOfStack/Prefix`.
   * @default nothing
   */
  readonly prefix?: string;
}

/** Options of the metrics of logouts. */
export interface LogoutMetricOptions extends MetricOptions {
  /** Only the logouts of this function. @default all logouts of the deployment */
  readonly function?: 'logout' | 'run';
}

/** A network of which only the ids are known. */
export interface NetworkIds {
  readonly vpcId: string;
  /** Private subnets with a way out, in several zones. */
  readonly subnetIds: readonly string[];
  /** @default one for all functions, which lets HTTPS out */
  readonly securityGroupIds?: readonly string[] | undefined;
}

export interface GreenApiLogoutStackProps extends StackProps, GreenApiLogoutProps {
  /** In place of `encryptionKey`, where only the ARN is known: a stack's props exist before there is a scope to import it into. */
  readonly encryptionKeyArn?: string | undefined;
  /** In place of `dataEncryptionKey`, where only the ARN is known. */
  readonly dataEncryptionKeyArn?: string | undefined;
  /** In place of `vpc`, `vpcSubnets` and `securityGroups`, where only the ids are known. */
  readonly network?: NetworkIds | undefined;
  /** In place of `alarmTopic`, where only the ARN is known. */
  readonly alarmTopicArn?: string | undefined;
}
