import * as v from 'valibot';
import {
  hosts,
  list,
  onOrOff,
  parseVariables,
  text,
  type ValuesOf,
  type Variables,
  wholeNumber,
} from './environment.ts';

// The one table of the settings that functions read: environment variable, unit, limits and default of each. The configuration
// (`infra/configuration/configuration-schema.ts`) takes limits and defaults from here. The groups at the end of this file say
// what a function reads, and `infra/constructs/function-environment.ts` writes the variables of the same groups.
//
// A waiting run keeps the environment of its version, so the variables keep their names and meanings. `@__PURE__` lets esbuild
// drop the settings that a function does not read (https://esbuild.github.io/api/#tree-shaking).

const functionName = <const Row extends { readonly variable: string; readonly default: string }>(row: Row) =>
  text({
    ...row,
    pattern: /^(?:arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:)?[A-Za-z0-9_-]{1,64}$/,
    rule: 'must be the name or ARN of a function, without a version',
  });

const qualifier = <const Row extends { readonly variable: string; readonly default: string }>(row: Row) =>
  text({ ...row, pattern: /^[A-Za-z0-9_-]{1,128}$/, rule: 'must be an alias or a version' });

/** How the names of the instances' secrets begin. A leading `!` would negate the filter of a list (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html). */
export const secretPrefix = /* @__PURE__ */ text({
  variable: 'SECRET_PREFIX',
  default: 'green-api/',
  pattern: /^(?!!)[A-Za-z0-9/_+=.@!-]{0,200}\/$/,
  rule: 'must end in "/", must not start with "!", and takes up to 200 letters, digits and /_+=.@!-',
});

/** Longer prefixes, below `secretPrefix`, of other deployments: their secrets are not looked at. */
export const otherPrefixes = /* @__PURE__ */ list({ variable: 'OTHER_PREFIXES', unit: 'prefixes', max: 10 });

/** Hosts that `apiUrl` may name besides GREEN-API's own. */
export const allowedApiHosts = /* @__PURE__ */ hosts({ variable: 'ALLOWED_API_HOSTS' });

/** How long a credential is reused; 0: it is read for each call. */
export const credentialTtlMs = /* @__PURE__ */ wholeNumber({
  variable: 'CREDENTIAL_TTL_MS',
  unit: 'milliseconds',
  min: 0,
  max: 86_400_000,
  default: 300_000,
});

/** Time limit of one call to GREEN-API. An HTTP function ends its calls after 26 s, 2 s before it must answer. */
export const greenApiTimeoutMs = /* @__PURE__ */ wholeNumber({
  variable: 'GREEN_API_TIMEOUT_MS',
  unit: 'milliseconds',
  min: 100,
  max: 26_000,
  default: 10_000,
});

/**
 * Instances whose credentials are read during init. More than one takes the right to read secrets in batches, of at most 20
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html).
 */
export const warmInstances = /* @__PURE__ */ list({ variable: 'WARM_INSTANCES', unit: 'ids', max: 20 });

/** GREEN-API hosts to connect to during init, besides those of the warm instances. */
export const warmHosts = /* @__PURE__ */ hosts({ variable: 'WARM_HOSTS', max: 5 });

/** Whether tokens may be rotated; if not, a request for it is refused. */
export const tokenRotation = /* @__PURE__ */ onOrOff({ variable: 'TOKEN_ROTATION' });

/** Name or ARN of the bus for outcome events. Without it none are published. */
export const eventBus = /* @__PURE__ */ text({
  variable: 'EVENT_BUS',
  default: undefined,
  pattern: /^[A-Za-z0-9._/:-]{1,256}$/,
  rule: 'must be the name or ARN of an event bus',
});

/** Name or ARN of the durable function that executes runs, without version. */
export const runFunction = /* @__PURE__ */ functionName({ variable: 'RUN_FUNCTION', default: 'green-api-logout-run' });

/** Its alias or version. */
export const runQualifier = /* @__PURE__ */ qualifier({ variable: 'RUN_QUALIFIER', default: 'live' });

/** Name or ARN of the durable function that watches instances after a run, without version. */
export const watchFunction = /* @__PURE__ */ functionName({
  variable: 'WATCH_FUNCTION',
  default: 'green-api-logout-watch',
});

/** Its alias or version. */
export const watchQualifier = /* @__PURE__ */ qualifier({ variable: 'WATCH_QUALIFIER', default: 'live' });

/** Name of the deployment, part of the runs' names and of the metrics, because an account may have several. */
export const stack = /* @__PURE__ */ text({
  variable: 'STACK',
  default: 'green-api-logout',
  pattern: /./,
  rule: 'must not be empty',
});

/** Most instances one run may touch, whatever the deployment allows, and most ids one request may name. */
export const mostInstances = 3_000;

/** Most instances that any run of this deployment may touch. */
export const maxTargetsCeiling = /* @__PURE__ */ wholeNumber({
  variable: 'MAX_TARGETS_CEILING',
  unit: 'instances',
  min: 1,
  max: mostInstances,
  default: mostInstances,
});

export const secondsPerDay = 86_400;

/**
 * How long a run may take, including its waits: at most 366 days, in seconds as in Lambda's settings
 * (https://docs.aws.amazon.com/lambda/latest/api/API_DurableConfig.html).
 */
export const executionTimeoutSeconds = /* @__PURE__ */ wholeNumber({
  variable: 'EXECUTION_TIMEOUT_SECONDS',
  unit: 'seconds',
  min: 1,
  max: 31_622_400,
  default: 2_592_000,
});

/** Most instances of one leaver that a run may log out. Without it, the ceiling. */
export const offboardingMaxTargets = /* @__PURE__ */ wholeNumber({
  variable: 'OFFBOARDING_MAX_TARGETS',
  unit: 'instances',
  min: 1,
  max: mostInstances,
  default: undefined,
});

/** How long the instances of a leaver may be watched, in days. */
export const watchDays = { min: 1, max: 30 } as const;

/** Days to watch the instances of a leaver whom a source of events reports, as JSON: `{ "okta": 30 }`. */
export const sourceWatchDays = {
  variable: 'WATCH_DAYS',
  default: {},
  read: () =>
    v.pipe(
      v.string(),
      v.parseJson(undefined, 'must be JSON'),
      v.record(
        v.string(),
        v.pipe(v.number(), v.integer(), v.minValue(watchDays.min), v.maxValue(watchDays.max)),
        'must be an object of days by source',
      ),
    ),
} as const;

/** The identity store of IAM Identity Center. Without it, the store that an event names is read. */
export const identityStoreId = /* @__PURE__ */ text({
  variable: 'IDENTITY_STORE_ID',
  default: undefined,
  // https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeUser.html
  pattern: /^(?:d-[0-9a-f]{10}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
  rule: 'must be the id of an identity store, such as d-1234567890',
});

/** Whether IAM Identity Center's own events are received too: a change that CloudTrail reports as well is then one run. */
export const nativeEvents = /* @__PURE__ */ onOrOff({ variable: 'NATIVE_EVENTS' });

/** IANA's name of the time zone of dates in custom events. Without it, an event with a date is refused. */
export const customTimeZone = /* @__PURE__ */ text({
  variable: 'CUSTOM_TIME_ZONE',
  default: undefined,
  pattern: /^[A-Za-z0-9_+/-]{1,64}$/,
  rule: 'must be the name of a time zone, such as Europe/Berlin',
});

/** The identity providers, as JSON: `{ "<name>": { "kind", "tokenSha256", "maxPerHour", "maxTargets", "watchDays", "timeZone" } }`. */
export const identityProviders = {
  variable: 'NAMED_CALLERS',
  read: () => v.pipe(v.optional(v.string(), '{}'), v.parseJson(undefined, 'must be JSON')),
} as const;

/** How many copies of a function for identity providers may run at once, which share the limits of the providers. */
export const copies = /* @__PURE__ */ wholeNumber({
  variable: 'COPIES',
  unit: 'copies',
  min: 1,
  max: 1_000,
  default: 1,
});

/** The bucket of the evidence vault. */
export const evidenceBucket = /* @__PURE__ */ text({
  variable: 'EVIDENCE_BUCKET',
  pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  rule: 'must be the name of a bucket',
});

/** Who has a capability. A claim is a name, or the names on the way to it: `["realm_access", "roles"]`. */
type AccessRule =
  | 'everybody'
  | { readonly scope: string }
  | { readonly claim: string | readonly string[]; readonly anyOf: readonly string[] };

/** A capability without a rule is nobody's. */
type AccessRules = { readonly [Capability in 'read' | 'logout' | 'runs']?: AccessRule };

/** The configuration has checked them. What is no JSON ends the function at its start. */
const parseRules = (text: string): AccessRules => JSON.parse(text);

/** Who may do what, as JSON: for each capability a claim and its values, a scope, or `"everybody"` with a token. */
const accessRules = <const Variable extends string>(variable: Variable) => ({
  variable,
  default: undefined,
  read: () => v.pipe(v.string(), v.transform(parseRules)),
});

/** Who may do what at the desk. Without it, the desk is closed. */
export const deskAllow = /* @__PURE__ */ accessRules('DESK_ALLOW');

/** Which callers with a JWT may do what. Without it, the gateway alone decides. */
export const jwtAllow = /* @__PURE__ */ accessRules('JWT_ALLOW');

/** What the page of the desk needs for the sign-in, as JSON. `demo`: its logouts end no real session. */
export const desk = {
  variable: 'DESK',
  default: undefined,
  read: () =>
    v.pipe(
      v.string(),
      v.parseJson(undefined, 'must be JSON'),
      v.strictObject({
        issuer: v.pipe(v.string(), v.url('must have the URL of an issuer')),
        clientId: v.string(),
        scopes: v.array(v.string()),
        demo: v.exactOptional(v.literal(true)),
      }),
    ),
} as const;

// What the functions read, by what they do. Without spreads: esbuild would keep them in every bundle.

/** To list the instances. */
export const listingSettings = { secretPrefix, otherPrefixes };

/** To read credentials and call GREEN-API. */
export const readingSettings = { secretPrefix, allowedApiHosts, credentialTtlMs, greenApiTimeoutMs };

/** To log out, perhaps rotate the token, and report the outcome. */
export const callingSettings = {
  secretPrefix,
  allowedApiHosts,
  credentialTtlMs,
  greenApiTimeoutMs,
  tokenRotation,
  eventBus,
  stack,
};

/** To know what a caller may do. */
export const accessSettings = { deskAllow, jwtAllow };

/** To serve the page of the desk. */
export const deskSettings = { desk, stack };

/** To publish events. */
export const publishingSettings = { eventBus };

/** To know when a run expires whose request does not say it. */
export const expirySettings = { executionTimeoutSeconds };

/** To start runs. */
export const startingSettings = {
  runFunction,
  runQualifier,
  stack,
  maxTargetsCeiling,
  executionTimeoutSeconds,
  tokenRotation,
};

/** To start or follow watches. */
export const watchingSettings = { watchFunction, watchQualifier };

/** To prepare the first call. */
export const warmingSettings = { warmInstances, warmHosts };

/** To find out about a person who left. */
export const offboardingSettings = {
  identityStoreId,
  nativeEvents,
  offboardingMaxTargets,
  sourceWatchDays,
  customTimeZone,
};

/** To know who calls, and to share the limits of identity providers with other copies of the function. */
export const providerSettings = { identityProviders, copies, offboardingMaxTargets };

/** To keep evidence. */
export const vaultSettings = { evidenceBucket };

export type ReadingEnvironment = ValuesOf<typeof readingSettings>;

export type Environment = ValuesOf<typeof callingSettings>;

export type AccessEnvironment = ValuesOf<typeof accessSettings>;

/** For a function that answers callers of the API. @throws EnvironmentError at cold start that names everything that is wrong */
export const readAccess = (variables: Variables): AccessEnvironment => parseVariables(accessSettings, variables);

/** For a function that logs out. @throws EnvironmentError at cold start that names everything that is wrong */
export const readEnvironment = (variables: Variables): Environment => parseVariables(callingSettings, variables);

/** Longest life of a run, in milliseconds. @throws EnvironmentError at cold start */
export const readExecutionTimeoutMs = (variables: Variables): number =>
  parseVariables(expirySettings, variables).executionTimeoutSeconds * 1_000;

/** For a function that starts runs. @throws EnvironmentError at cold start that names everything that is wrong */
export const readStartingEnvironment = (variables: Variables) => {
  const { executionTimeoutSeconds: seconds, ...settings } = parseVariables(startingSettings, variables);
  return { ...settings, executionTimeoutMs: seconds * 1_000 };
};
