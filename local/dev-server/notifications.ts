import type { BusEvent } from '../../emulators/eventbridge/event.ts';
import { matchesPattern } from '../../emulators/eventbridge/event-pattern.ts';
import { transformInput } from '../../emulators/eventbridge/input-transformer.ts';
import type { Configuration } from '../../infra/configuration/configuration.ts';
import { defaultNotificationEvents, notificationRules } from '../../infra/configuration/notifications.ts';

/** In the place of a topic, where none is configured: the terminal shows what a mail would. */
const mail = { topic: 'mail', events: defaultNotificationEvents, format: 'text' } as const;

/**
 * Describes an event on the bus: its kind, the instance if it is about one, and its sentence. If a rule of the configuration
 * matches it, the message that its topic would get stands in the place of the sentence.
 */
export const createDescribeEvent = ({ stackName, notifications }: Configuration) => {
  const rules = notificationRules(stackName, notifications.length > 0 ? notifications : [mail]);

  return (event: BusEvent): string => {
    const { source, detail, 'detail-type': detailType } = event;
    const messages = rules
      .filter(({ pattern }) => matchesPattern(pattern, event))
      .map(({ topic, transformer }) => `notification to ${topic}: ${transformInput(transformer, event)}`);
    const about = [detail.idInstance, ...(messages.length > 0 ? [] : [detail.text])];
    const texts = [source, ...about].filter((text) => typeof text === 'string').map((text) => JSON.stringify(text));
    const line = `event ${JSON.stringify(detailType)} from ${texts.join(': ')}`;
    return [line, ...messages].map((each) => `${each}\n`).join('');
  };
};
