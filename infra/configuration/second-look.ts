/** The queue that delivers an event a second time, on AWS and in the local service. */
export const secondLook = {
  /**
   * A directory that still shows an old status after some seconds shows the new one by then, in seconds. SQS can delay a message
   * by 15 minutes (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
   */
  delaySeconds: 300,
  /** Pause after a failed attempt, in seconds: at least six times the time limit of the function, as AWS advises. */
  visibilitySeconds: 180,
  /** Five failed attempts take a quarter of an hour. */
  attempts: 5,
} as const;
