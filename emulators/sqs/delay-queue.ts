type DelayQueueOptions = {
  /** From the sending of a message to its first delivery, in milliseconds. */
  readonly delayMs: number;
  /** From a delivery that failed to the next one, in milliseconds. */
  readonly visibilityTimeoutMs: number;
  /** Deliveries of one message, after which it is a dead letter. */
  readonly maxReceiveCount: number;
  /** What a message is delivered to: a rejection is a failed delivery. */
  readonly deliver: (body: string) => Promise<unknown>;
  readonly deadLetter: (body: string) => void;
};

export type DelayQueue = Disposable & { readonly send: (body: string) => void };

/**
 * A queue of SQS with a delay, in memory, and the mapping that delivers its messages one by one
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html).
 * Messages that wait are lost when it is disposed.
 */
export const createDelayQueue = (options: DelayQueueOptions): DelayQueue => {
  const { delayMs, visibilityTimeoutMs, maxReceiveCount, deliver, deadLetter } = options;
  const timers = new Set<NodeJS.Timeout>();

  const receive = async (body: string, count: number): Promise<void> => {
    try {
      await deliver(body);
    } catch {
      if (count >= maxReceiveCount) deadLetter(body);
      else later(visibilityTimeoutMs, body, count + 1);
    }
  };

  const later = (ms: number, body: string, count: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void receive(body, count);
    }, ms);
    timers.add(timer);
  };

  return {
    send: (body) => later(delayMs, body, 1),
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
};

/** The event of a mapping between a queue and a function, with one message (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html). */
export const queueEvent = (body: string): object => ({
  Records: [{ messageId: crypto.randomUUID(), body, attributes: {}, messageAttributes: {}, eventSource: 'aws:sqs' }],
});
