import { createDelayQueue, queueEvent } from './delay-queue.ts';

const createSetup = (failures: number) => {
  const log: string[] = [];
  let left = failures;
  const queue = createDelayQueue({
    delayMs: 300_000,
    visibilityTimeoutMs: 180_000,
    maxReceiveCount: 3,
    deliver: async (body) => {
      log.push(`${Date.now() / 1_000} ${body}`);
      left -= 1;
      if (left >= 0) throw new Error('not now');
    },
    deadLetter: (body) => log.push(`${Date.now() / 1_000} dead letter ${body}`),
  });
  return { log, queue };
};

beforeEach(() => void jest.useFakeTimers({ now: 0 }));

afterEach(() => void jest.useRealTimers());

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
test('a message is delivered once, after the delay', async () => {
  const { log, queue } = createSetup(0);

  queue.send('a');
  await jest.advanceTimersByTimeAsync(299_999);
  expect(log).toEqual([]);
  await jest.advanceTimersByTimeAsync(3_600_000);

  expect(log).toEqual(['300 a']);
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
test('a delivery that fails is repeated after the visibility timeout, and in the end a dead letter', async () => {
  const { log, queue } = createSetup(3);

  queue.send('a');
  await jest.advanceTimersByTimeAsync(3_600_000);

  expect(log).toEqual(['300 a', '480 a', '660 a', '660 dead letter a']);
});

test('nothing is delivered after its end', async () => {
  const { log, queue } = createSetup(0);

  queue.send('a');
  queue[Symbol.dispose]();
  await jest.advanceTimersByTimeAsync(3_600_000);

  expect(log).toEqual([]);
});

test('the event for the function has one record of SQS with the message as its body', () => {
  expect(queueEvent('{}')).toMatchObject({ Records: [{ eventSource: 'aws:sqs', body: '{}' }] });
});
