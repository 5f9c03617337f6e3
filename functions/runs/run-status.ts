/** The statuses of an execution that is over. */
export const endStatuses: readonly string[] = ['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMED_OUT'];

/**
 * Whether nothing follows this status of an execution. AWS adds statuses, so one that this version does not know is not an end
 * (https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html).
 */
export const isEndStatus = (status: string): boolean => endStatuses.includes(status);
