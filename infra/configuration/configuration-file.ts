import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Configuration, ConfigurationError, contextKey, parseConfiguration } from './configuration.ts';
import { likeness } from './likeness.ts';

const fileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ context: v.optional(v.record(v.string(), v.unknown()), {}) }),
);

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError(`The configuration ${path} cannot be read: check that the file exists.`);
  }
};

/** The `context` of a file such as `cdk.json`. @throws ConfigurationError if the file has none */
const readContext = (path: string): Readonly<Record<string, unknown>> => {
  const file = v.safeParse(fileSchema, readText(path));
  if (!file.success) throw new ConfigurationError(`${path} is not JSON with an object "context"`);
  return file.output.context;
};

/** The context of a file that somebody named. @throws ConfigurationError also if it has no configuration: it would be ignored */
export const readNamedContext = (path: string): Readonly<Record<string, unknown>> => {
  const context = readContext(path);
  if (context[contextKey] !== undefined) return context;
  throw new ConfigurationError(`${path} has no "${contextKey}" in its "context": nothing in it would be used.`);
};

const projectFile = join(import.meta.dirname, '..', '..', 'cdk.json');

/**
 * The configuration in a file such as `cdk.json`, for programs that run without CDK.
 *
 * @throws ConfigurationError if the file or the configuration in it is wrong
 */
export const readConfiguration = (path = projectFile): Configuration =>
  parseConfiguration(readContext(path)[contextKey]);

/** Keys of a context that are probably meant to be {@link contextKey}: everything under them would be ignored. */
export const misspeltKeys = (context: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.keys(context).filter((key) => key !== contextKey && likeness(key, contextKey) > 0.7);
