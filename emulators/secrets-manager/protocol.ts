import * as v from 'valibot';
import { AwsError, parseInput } from '../aws-json.ts';
import type { Secret, SecretStore } from './store.ts';

export const invalidRequest = (message: string) => new AwsError('InvalidRequestException', message);

export const notFound = (what: string) =>
  new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret${what}.`);

export const markedForDeletion = () =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");

export const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message);

/** What an operation works on. */
export type OperationContext = {
  readonly store: SecretStore;
  /** The error that a fault sets for reading this secret within a batch. */
  readonly readingFault: (secretId: string) => AwsError | undefined;
  /** Calls the rotation function for one request of `RotateSecret`; returns at once. */
  readonly startRotation: (secret: Secret, versionId: string) => void;
};

/** An operation that parses its input first. @throws AwsError for what AWS would refuse */
export const operation =
  <S extends v.GenericSchema>(schema: S, run: (context: OperationContext, input: v.InferOutput<S>) => object) =>
  (context: OperationContext, input: unknown): object =>
    run(context, parseInput(schema, input));

export const secretId = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
export const clientRequestToken = v.pipe(v.string(), v.minLength(32), v.maxLength(64));

/** @throws AwsError when there is no such secret */
export const existingSecret = ({ store }: OperationContext, id: string): Secret => {
  const secret = store.find(id);
  if (!secret) throw notFound('');
  return secret;
};

/** @throws AwsError when there is no such secret, or it is marked for deletion */
export const usableSecret = (context: OperationContext, id: string): Secret => {
  const secret = existingSecret(context, id);
  if (secret.deletionAtMs !== undefined) throw markedForDeletion();
  return secret;
};

/** AWS JSON writes times in seconds. */
export const seconds = (ms: number): number => ms / 1000;

/** The name or ARN in the input; for a list, the prefix of names that it filters by. */
export const secretIdIn = (input: unknown): string | undefined => {
  const { SecretId, Name, Filters } = Object(input) as Readonly<Record<string, unknown>>;
  const [filter] = Array.isArray(Filters) ? Filters : [];
  const id = SecretId ?? Name ?? filter?.Values?.[0];
  return typeof id === 'string' ? id : undefined;
};
