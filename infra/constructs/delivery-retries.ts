import { Duration } from 'aws-cdk-lib';

/**
 * How long EventBridge tries to bring an event to a function: a day, the longest it can, and as long as a run may act after
 * its cause. An event that is brought twice starts one run.
 */
export const deliveryRetries = { maxEventAge: Duration.hours(24), retryAttempts: 185 };
