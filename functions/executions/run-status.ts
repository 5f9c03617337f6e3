import * as v from 'valibot';

/** What Lambda says of an execution (https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html). */
export const runStatusSchema = v.picklist(['RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED', 'TIMED_OUT']);

export type RunStatus = v.InferOutput<typeof runStatusSchema>;
