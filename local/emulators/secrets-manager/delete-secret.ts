import * as v from 'valibot';
import { AwsError } from './aws-error.ts';
import { existing, operation, seconds, secretId, usable } from './operation.ts';

const dayMs = 24 * 60 * 60 * 1000;

const schema = v.object({
  SecretId: secretId,
  RecoveryWindowInDays: v.optional(v.pipe(v.number(), v.integer())),
  ForceDeleteWithoutRecovery: v.optional(v.boolean(), false),
});

/** Marks for deletion, or removes at once when forced to. A secret stays marked: nobody waits seven days here. */
export const deleteSecret = operation(schema, (context, input) => {
  const { SecretId, RecoveryWindowInDays: days = 30, ForceDeleteWithoutRecovery: force } = input;
  if (force && input.RecoveryWindowInDays !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (days < 7 || days > 30) {
    throw new AwsError(
      'InvalidParameterException',
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    );
  }
  const secret = (force ? existing : usable)(context, SecretId);
  const deletionAtMs = Date.now() + (force ? 0 : days * dayMs);
  if (force) context.store.remove(secret.name);
  else secret.deletionAtMs = deletionAtMs;
  return { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(deletionAtMs) };
});
