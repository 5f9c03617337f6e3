import * as v from 'valibot';
import { AwsError, markedForDeletion } from './aws-error.ts';
import type { Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

export type Context = {
  readonly store: SecretStore;
  /** The error that a fault sets for reading this secret within a batch. */
  readonly readingFault: (secretId: string) => AwsError | undefined;
};

export type Operation = (context: Context, input: unknown) => object;

/** An operation that reads its input first. @throws AwsError for what AWS would refuse */
export const operation =
  <S extends v.GenericSchema>(schema: S, run: (context: Context, input: v.InferOutput<S>) => object): Operation =>
  (context, input) => {
    const parsed = v.safeParse(schema, input);
    if (parsed.success) return run(context, parsed.output);
    throw new AwsError('ValidationException', describeIssues(parsed.issues));
  };

/** Names the field and what it must be, never its value: that may be a secret. */
const describeIssues = (issues: readonly v.BaseIssue<unknown>[]) => {
  const constraints = issues.map(
    (issue) => `Value at '${v.getDotPath(issue)}' failed to satisfy constraint: Member must be ${issue.expected}`,
  );
  return `${issues.length} validation error${issues.length > 1 ? 's' : ''} detected: ${constraints.join('; ')}`;
};

export const secretId = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));

/** @throws AwsError when there is no such secret */
export const existing = ({ store }: Context, id: string): Secret => {
  const secret = store.find(id);
  if (secret) return secret;
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
};

/** @throws AwsError when there is no such secret, or it is marked for deletion */
export const usable = (context: Context, id: string): Secret => {
  const secret = existing(context, id);
  if (secret.deletionAtMs !== undefined) throw markedForDeletion();
  return secret;
};

/** AWS JSON writes times in seconds. */
export const seconds = (ms: number): number => ms / 1000;
