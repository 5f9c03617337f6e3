import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { notificationRules } from '../configuration/notifications.ts';
import { createDeadLetters } from './dead-letters.ts';
import type { Deployment } from './deployment.ts';
import { deliveryRetries } from './event-function.ts';
import { asEventPattern } from './event-pattern.ts';
import type { NotificationDestination } from './green-api-logout-props.ts';

type Transformer = ReturnType<typeof notificationRules>[number]['transformer'];

const eventBridge = new ServicePrincipal('events.amazonaws.com');

/**
 * A rule for each topic whose subscribers are notified. A topic whose policy CDK cannot change must let EventBridge
 * publish to it already.
 *
 * There is no role: EventBridge publishes with the rights of the topic's policy, and may fail with a role
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
 */
export class Notifications extends Construct {
  /** Events that could not be published, with the reason. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, deployment: Deployment, destinations: readonly NotificationDestination[]) {
    super(scope, id);
    const { settings, dataKey, bus, alarms } = deployment;
    this.undelivered = createDeadLetters(this, 'Undelivered', dataKey);
    const rules = notificationRules(settings.name, settings.notifications);
    for (const [index, { topic: arn, pattern, transformer }] of rules.entries()) {
      // By its ARN, because CDK would let the rules of every account publish to a topic of this app.
      const topic = Topic.fromTopicArn(this, `Topic${index}`, arn);
      new Rule(this, `Rule${index}`, {
        eventBus: bus.eventBus,
        eventPattern: asEventPattern(pattern),
        targets: [this.#targetOf(topic, transformer)],
      });
    }
    for (const topic of new Set(destinations.map(({ topic }) => topic)))
      if (typeof topic !== 'string') this.#letPublish(topic, settings.name);
    alarms.addForQueue(
      'notifications-undelivered',
      this.undelivered,
      'A notification about a logout or its failure was not delivered. Logouts go on.',
    );
  }

  #targetOf(topic: ITopic, { InputPathsMap, InputTemplate }: Transformer): IRuleTarget {
    const target = new SnsTopic(topic, {
      message: { bind: () => ({ inputPathsMap: InputPathsMap, inputTemplate: InputTemplate }) },
      deadLetterQueue: this.undelivered,
      ...deliveryRetries,
    });
    return {
      bind: (rule) => {
        // Of a resource CDK asks whether it is in the account and Region of the stack, which it may not know.
        const { targetResource: _, ...config } = target.bind(rule);
        return config;
      },
    };
  }

  /** Has no effect on a topic that is not of this app. */
  #letPublish(topic: ITopic, bus: string): void {
    const rules = Stack.of(this).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: `${bus}/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [eventBridge],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { ArnLike: { 'aws:SourceArn': rules } },
      }),
    );
    // Without a condition, which would be in vain: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    topic.masterKey?.grant(eventBridge, 'kms:Decrypt', 'kms:GenerateDataKey*');
  }
}
