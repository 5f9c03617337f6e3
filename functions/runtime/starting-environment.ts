import * as v from 'valibot';
import { mostInstances } from '../forced-logout/request.ts';
import { environmentNames, parseVariables, stackName, type Variables, wholeNumber } from './environment.ts';

/** The name or ARN of a function, with neither version nor alias. */
const runFunctionPattern = /^(?:arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:)?[A-Za-z0-9_-]{1,64}$/;

const startingSchema = v.object({
  [environmentNames.runFunction]: v.optional(
    v.pipe(v.string(), v.regex(runFunctionPattern, 'must be the name or ARN of a function, without a version')),
    'green-api-logout-run',
  ),
  [environmentNames.runQualifier]: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/, 'must be an alias or a version')),
    'live',
  ),
  [environmentNames.stack]: stackName,
  [environmentNames.maxTargetsCeiling]: v.optional(wholeNumber('instances', 1, mostInstances), '500'),
  // AWS allows 366 days: https://docs.aws.amazon.com/lambda/latest/api/API_DurableConfig.html
  [environmentNames.executionTimeoutSeconds]: v.optional(wholeNumber('seconds', 1, 31_622_400), '2592000'),
});

export type StartingEnvironment = {
  readonly runFunction: string;
  readonly runQualifier: string;
  readonly stack: string;
  readonly maxTargetsCeiling: number;
  readonly executionTimeoutMs: number;
};

/** For a door that starts runs. @throws one error at cold start that names everything that is wrong */
export const readStartingEnvironment = (variables: Variables): StartingEnvironment => {
  const read = parseVariables(startingSchema, variables);
  return {
    runFunction: read.RUN_FUNCTION,
    runQualifier: read.RUN_QUALIFIER,
    stack: read.STACK,
    maxTargetsCeiling: read.MAX_TARGETS_CEILING,
    executionTimeoutMs: read.EXECUTION_TIMEOUT_SECONDS * 1_000,
  };
};
