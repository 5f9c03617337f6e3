import type { EventPattern } from 'aws-cdk-lib/aws-events';

/** CDK has its own name for one field of EventBridge's JSON, no `$or`, and types for values that are all texts. */
export const asEventPattern = (pattern: Readonly<Record<string, unknown>>): EventPattern =>
  Object.fromEntries(
    Object.entries(pattern).map(([field, of]) => [field === 'detail-type' ? 'detailType' : field, of]),
  );
