import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { secretPrefixPattern } from '../functions/runtime/environment.ts';
import { fields, listOf, matching, publicHost, retentionDays, wholeNumber, word } from './field-schemas.ts';
import { routeKeyOf, routes } from './routes.ts';

/** The key of the configuration in the context of `cdk.json`. */
export const contextKey = 'green-api-logout';

/** A configuration that cannot be used. The message has a line per field: its path, what was given, what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const jwt = fields({
  /** The `iss` of the tokens. */
  issuer: matching(/^https:\/\/[^\s/?#]+[^\s?#]*$/, 'an https URL without query and fragment'),
  audience: listOf(word, 50),
  /** Scopes of which a caller needs one. Whoever names any names them for every route, so that none is forgotten. */
  scopes: v.optional(fields(v.entriesFromList(routes.map(routeKeyOf), listOf(word, 10)))),
});

const configurationSchema = fields({
  stackName: v.optional(
    matching(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'up to 128 letters, digits and hyphens, a letter first'),
    'green-api-logout',
  ),
  /** How the names of the instances' secrets begin (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html). */
  secretPrefix: v.optional(
    matching(secretPrefixPattern, 'up to 200 letters, digits and /_+=.@!-, no ! first, / at the end'),
    'green-api/',
  ),
  /** The customer's key that encrypts the secrets, if it is not AWS's own. */
  kmsKeyArn: v.optional(
    matching(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-z0-9-]+$/, 'the ARN of a KMS key, not of an alias'),
  ),
  /** GREEN-API hosts besides its well-known ones, with the port if there is one. */
  allowedApiHosts: v.optional(v.array(publicHost, 'a list'), []),
  /** How long a credential is kept in memory; 0 means not at all. */
  credentialTtlMs: v.optional(wholeNumber(0, 86_400_000), 300_000),
  /** Time allowed for one request to GREEN-API, below the door's own 28 s. */
  greenApiTimeoutMs: v.optional(wholeNumber(100, 27_000), 10_000),
  /** How callers prove who they are: AWS IAM, unless a JWT issuer is named. */
  authorization: v.optional(fields({ jwt: v.optional(jwt) }), {}),
  /** Requests per second, and how many at once above that, for all callers together. */
  throttling: v.optional(
    fields({ rateLimit: v.optional(wholeNumber(1, 10_000), 50), burstLimit: v.optional(wholeNumber(1, 5_000), 100) }),
    {},
  ),
  logRetentionDays: v.optional(retentionDays, 30),
  evidenceRetentionDays: v.optional(retentionDays, 365),
  /** The SNS topic that alarms write to; without one they only show in CloudWatch. */
  alarmTopicArn: v.optional(
    matching(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$/, 'the ARN of a standard SNS topic'),
  ),
  /** Memory of each function, and with it its share of a CPU. */
  memoryMb: v.optional(wholeNumber(128, 10_240), 256),
});

/** What a deployment may choose, with every default filled in. */
export type Configuration = Readonly<v.InferOutput<typeof configurationSchema>>;

// The name of an unknown field says enough; its value may be a secret that was put in the wrong place.
const given = ({ expected, path, input }: v.BaseIssue<unknown>): string =>
  expected === 'never' ? 'it' : (JSON.stringify(path ? path.at(-1)?.value : input)?.slice(0, 80) ?? 'nothing');

const describe = (issue: v.BaseIssue<unknown>): string =>
  `${[contextKey, v.getDotPath(issue)].filter(Boolean).join('.')}: ${given(issue)} was given, allowed is ${issue.message}`;

/**
 * Reads what stands under {@link contextKey}; nothing there means every default.
 *
 * @throws ConfigurationError naming all that is wrong
 */
export const parseConfiguration = (value: unknown = {}): Configuration => {
  const configuration = v.safeParse(configurationSchema, value);
  if (!configuration.success) throw new ConfigurationError(configuration.issues.map(describe).join('\n'));
  return configuration.output;
};

const contextFileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ context: v.optional(v.record(v.string(), v.unknown()), {}) }),
);

/**
 * The configuration in a `cdk.json`, for whatever runs without CDK.
 *
 * @throws ConfigurationError if the file or the configuration in it is wrong
 */
export const readConfiguration = (contextFile = join(import.meta.dirname, '..', 'cdk.json')): Configuration => {
  const file = v.safeParse(contextFileSchema, readFileSync(contextFile, 'utf8'));
  if (!file.success) throw new ConfigurationError(`${contextFile} is not JSON with an object "context"`);
  return parseConfiguration(file.output.context[contextKey]);
};
