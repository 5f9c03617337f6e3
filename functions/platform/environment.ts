import * as v from 'valibot';

/** The functions' environment variables. The infrastructure sets them by these names. */
export const environmentNames = {
  /** Prefix of the secrets' names. @default green-api/ */
  secretPrefix: 'SECRET_PREFIX',
  /** Hosts that `apiUrl` may name besides GREEN-API's own, comma separated, with the port if any. */
  allowedApiHosts: 'ALLOWED_API_HOSTS',
  /** How long a credential is reused, in milliseconds; 0: it is read for each call. @default 300000 */
  credentialTtlMs: 'CREDENTIAL_TTL_MS',
  /** Time limit of one call to GREEN-API, in milliseconds. @default 10000 */
  greenApiTimeoutMs: 'GREEN_API_TIMEOUT_MS',
  /** Instances whose credentials are read during init, at most 20, comma separated. @default none */
  warmInstances: 'WARM_INSTANCES',
  /** GREEN-API hosts to connect to during init, at most 5, comma separated. @default those of the warm instances */
  warmHosts: 'WARM_HOSTS',
  /** `enabled`: tokens may be rotated. @default a request for it is refused */
  tokenRotation: 'TOKEN_ROTATION',
  /** Name or ARN of the bus for outcome events. @default none are published */
  eventBus: 'EVENT_BUS',
  /** Name or ARN, without version, of the run function. @default green-api-logout-run */
  runFunction: 'RUN_FUNCTION',
  /** Its alias or version. @default live */
  runQualifier: 'RUN_QUALIFIER',
  /** Name or ARN, without version, of the watch function. @default green-api-logout-watch */
  watchFunction: 'WATCH_FUNCTION',
  /** Its alias or version. @default live */
  watchQualifier: 'WATCH_QUALIFIER',
  /** Name of the deployment, part of the runs' names and of the metrics: an account may have several. @default green-api-logout */
  stack: 'STACK',
  /** Most instances that any run of this deployment may touch. @default 500 */
  maxTargetsCeiling: 'MAX_TARGETS_CEILING',
  /** How long a run may take, including its waits, in seconds as in Lambda's settings. @default 2592000, 30 days */
  executionTimeoutSeconds: 'EXECUTION_TIMEOUT_SECONDS',
  /** The identity store of IAM Identity Center, e.g. `d-93670dc30f`. @default the one that an event names */
  identityStoreId: 'IDENTITY_STORE_ID',
  /** The identity providers, each with a token of its own, as JSON: `{ "<name>": { "kind", "tokenSha256", "maxPerHour" } }`. @default none */
  identityProviders: 'NAMED_CALLERS',
  /** The bucket of the evidence vault. It has no default: the vault is optional. */
  evidenceBucket: 'EVIDENCE_BUCKET',
} as const;

/** Most instances one run may touch, whatever the deployment allows, and most ids one request may name. */
export const mostInstances = 3_000;

/** A prefix has Secrets Manager's characters and ends in `/`. A leading `!` would negate the filter of a list. */
export const secretPrefixPattern = /^(?!!)[A-Za-z0-9/_+=.@!-]{0,200}\/$/;

const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?$/;

/** Whether the text is a host name or address in lower case, with or without a valid port. */
export const isHost = (host: string): boolean => hostPattern.test(host) && URL.canParse(`https://${host}`);

const wholeNumber = (unit: string, least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^[0-9]{1,9}$/, `must be a whole number of ${unit} from ${least} to ${most}`),
    v.transform(Number),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );

/** A comma separated list without its empty items. */
export const list = v.pipe(
  v.optional(v.string(), ''),
  v.transform((text) => text.split(',').map((item) => item.trim())),
  v.filterItems((item) => item !== ''),
);

const onOrOff = v.optional(v.picklist(['enabled', 'disabled'], 'must be enabled or disabled'), 'disabled');

const stackName = v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty')), 'green-api-logout');

const environmentSchema = v.object({
  [environmentNames.secretPrefix]: v.optional(
    v.pipe(v.string(), v.regex(secretPrefixPattern, 'must end in "/" and must not start with "!"')),
    'green-api/',
  ),
  [environmentNames.allowedApiHosts]: v.pipe(
    list,
    v.mapItems((host) => host.toLowerCase()),
    v.everyItem(isHost, 'must be hosts without scheme or path, separated by commas'),
  ),
  [environmentNames.credentialTtlMs]: v.optional(wholeNumber('milliseconds', 0, 86_400_000), '300000'),
  [environmentNames.greenApiTimeoutMs]: v.optional(wholeNumber('milliseconds', 100, 26_000), '10000'),
  [environmentNames.eventBus]: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9._/:-]{1,256}$/, 'must be the name or ARN of an event bus')),
  ),
  [environmentNames.tokenRotation]: onOrOff,
  [environmentNames.stack]: stackName,
});

/** Environment variables are wrong. The message names each of them and what it must be. */
class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** @throws one error that names everything that is wrong */
export const parseVariables = <Schema extends v.GenericSchema>(
  schema: Schema,
  variables: Variables,
): v.InferOutput<Schema> => {
  const parsed = v.safeParse(schema, variables);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}`);
  throw new EnvironmentError(`The environment of this function is wrong: ${problems.join('; ')}`);
};

export type Environment = {
  readonly secretPrefix: string;
  readonly allowedApiHosts: readonly string[];
  readonly credentialTtlMs: number;
  readonly greenApiTimeoutMs: number;
  readonly tokenRotation: boolean;
  readonly eventBus?: string;
  readonly stack: string;
};

/** For a function that reads secrets. @throws one error at cold start that names everything that is wrong */
export const readEnvironment = (variables: Variables): Environment => {
  const read = parseVariables(environmentSchema, variables);
  return {
    secretPrefix: read.SECRET_PREFIX,
    allowedApiHosts: read.ALLOWED_API_HOSTS,
    credentialTtlMs: read.CREDENTIAL_TTL_MS,
    greenApiTimeoutMs: read.GREEN_API_TIMEOUT_MS,
    tokenRotation: read.TOKEN_ROTATION === 'enabled',
    stack: read.STACK,
    ...(read.EVENT_BUS !== undefined && { eventBus: read.EVENT_BUS }),
  };
};

/** Name or ARN of a function, without version or alias. */
const durableFunctionPattern = /^(?:arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:)?[A-Za-z0-9_-]{1,64}$/;

const functionName = v.pipe(
  v.string(),
  v.regex(durableFunctionPattern, 'must be the name or ARN of a function, without a version'),
);
const qualifier = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/, 'must be an alias or a version'));

const startingSchema = v.object({
  [environmentNames.runFunction]: v.optional(functionName, 'green-api-logout-run'),
  [environmentNames.runQualifier]: v.optional(qualifier, 'live'),
  [environmentNames.stack]: stackName,
  [environmentNames.maxTargetsCeiling]: v.optional(wholeNumber('instances', 1, mostInstances), '500'),
  // AWS allows 366 days: https://docs.aws.amazon.com/lambda/latest/api/API_DurableConfig.html
  [environmentNames.executionTimeoutSeconds]: v.optional(wholeNumber('seconds', 1, 31_622_400), '2592000'),
  [environmentNames.tokenRotation]: onOrOff,
});

export type StartingEnvironment = {
  readonly runFunction: string;
  readonly runQualifier: string;
  readonly stack: string;
  readonly maxTargetsCeiling: number;
  readonly executionTimeoutMs: number;
  readonly tokenRotation: boolean;
};

/** For a function that starts runs. @throws one error at cold start that names everything that is wrong */
export const readStartingEnvironment = (variables: Variables): StartingEnvironment => {
  const read = parseVariables(startingSchema, variables);
  return {
    runFunction: read.RUN_FUNCTION,
    runQualifier: read.RUN_QUALIFIER,
    stack: read.STACK,
    maxTargetsCeiling: read.MAX_TARGETS_CEILING,
    executionTimeoutMs: read.EXECUTION_TIMEOUT_SECONDS * 1_000,
    tokenRotation: read.TOKEN_ROTATION === 'enabled',
  };
};

/** Ids of the identity stores of IAM Identity Center. */
export const identityStoreIdPattern = /^d-[0-9a-f]{10}$/;

const identityStoreSchema = v.object({
  [environmentNames.identityStoreId]: v.optional(
    v.pipe(v.string(), v.regex(identityStoreIdPattern, 'must be the id of an identity store, such as d-93670dc30f')),
  ),
});

/** For a function that reads users of IAM Identity Center. @throws EnvironmentError that says what is wrong */
export const readIdentityStoreId = (variables: Variables): string | undefined =>
  parseVariables(identityStoreSchema, variables).IDENTITY_STORE_ID;

const watchSchema = v.object({
  [environmentNames.watchFunction]: v.optional(functionName, 'green-api-logout-watch'),
  [environmentNames.watchQualifier]: v.optional(qualifier, 'live'),
});

export type WatchEnvironment = { readonly watchFunction: string; readonly watchQualifier: string };

/** For a function that starts or follows watches. @throws one error at cold start that names everything that is wrong */
export const readWatchEnvironment = (variables: Variables): WatchEnvironment => {
  const read = parseVariables(watchSchema, variables);
  return { watchFunction: read.WATCH_FUNCTION, watchQualifier: read.WATCH_QUALIFIER };
};

const evidenceBucketSchema = v.object({
  [environmentNames.evidenceBucket]: v.pipe(
    v.optional(v.string(), ''),
    v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
  ),
});

/** For the function that keeps evidence. @throws an error that says what is wrong */
export const readEvidenceBucket = (variables: Variables): string =>
  parseVariables(evidenceBucketSchema, variables).EVIDENCE_BUCKET;
