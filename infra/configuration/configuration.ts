import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { configurationSchema } from './configuration-schema.ts';
import { type BrokenRule, brokenRules } from './schedules/schedule-rules.ts';

/** The key of the configuration in the context of `cdk.json`. */
export const contextKey = 'green-api-logout';

/** A configuration that cannot be used. The message has a line per field: its path, what was given, what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** What a deployment may choose, with every default filled in. */
export type Configuration = Readonly<v.InferOutput<typeof configurationSchema>>;

// The name of an unknown field says enough; its value may be a secret that was put in the wrong place.
const given = ({ expected, path, input }: v.BaseIssue<unknown>): string =>
  expected === 'never' ? 'it' : quote(path ? path.at(-1)?.value : input);

const quote = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? 'nothing';

// What the API asks of a request is worded for its callers: "must be …".
const wanted = ({ message }: v.BaseIssue<unknown>): string =>
  message.startsWith('must ') ? `but it ${message}` : `allowed is ${message}`;

const describe = (issue: v.BaseIssue<unknown>): string =>
  `${[contextKey, v.getDotPath(issue)].filter(Boolean).join('.')}: ${given(issue)} was given, ${wanted(issue)}`;

const describeRule = ({ index, field, given, allowed }: BrokenRule): string =>
  `${contextKey}.schedules.${index}.${field}: ${quote(given)} was given, allowed is ${allowed}`;

/**
 * Reads what stands under {@link contextKey}; nothing there means every default.
 *
 * @throws ConfigurationError naming all that is wrong
 */
export const parseConfiguration = (value: unknown = {}): Configuration => {
  const configuration = v.safeParse(configurationSchema, value);
  const errorTexts = configuration.success
    ? brokenRules(configuration.output.schedules, configuration.output.runs.maxTargetsCeiling).map(describeRule)
    : configuration.issues.map(describe);
  if (!configuration.success || errorTexts.length > 0) throw new ConfigurationError(errorTexts.join('\n'));
  return configuration.output;
};

const contextFileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ context: v.optional(v.record(v.string(), v.unknown()), {}) }),
);

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError(`${path} cannot be read`);
  }
};

/**
 * The configuration in a `cdk.json`, for whatever runs without CDK.
 *
 * @throws ConfigurationError if the file or the configuration in it is wrong
 */
export const readConfiguration = (contextFile = join(import.meta.dirname, '..', '..', 'cdk.json')): Configuration => {
  const file = v.safeParse(contextFileSchema, readText(contextFile));
  if (!file.success) throw new ConfigurationError(`${contextFile} is not JSON with an object "context"`);
  return parseConfiguration(file.output.context[contextKey]);
};
