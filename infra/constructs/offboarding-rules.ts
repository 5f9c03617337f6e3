import { EventBus, type EventPattern, type IRuleTarget, Rule, type RuleProps } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { EventPattern as DialectPattern } from '../../functions/offboarding/dialect.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { type OffboardingRule, offboardingRules } from '../configuration/offboarding-rules.ts';
import { deliveryRetries } from './delivery-retries.ts';
import type { EventFunction } from './event-function.ts';
import type { StackBus } from './stack-bus.ts';

export type OffboardingRulesProps = {
  readonly offboarding: Configuration['offboarding'];
  readonly bus: StackBus;
  readonly serviceFunction: EventFunction;
};

// CDK has its own name for one field of EventBridge's JSON, and types for values that are all texts.
const asEventPattern = (pattern: DialectPattern): EventPattern =>
  Object.fromEntries(
    Object.entries(pattern).map(([field, of]) => [field === 'detail-type' ? 'detailType' : field, of]),
  );

const capitalised = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** Delivers to the offboarding function what an enabled dialect understands, and keeps the rest of the stack's bus as failed. */
export class OffboardingRules extends Construct {
  constructor(scope: Construct, id: string, { offboarding, bus, serviceFunction }: OffboardingRulesProps) {
    super(scope, id);
    const delivery = { deadLetterQueue: serviceFunction.undelivered, ...deliveryRetries };
    const targetOf = (target: OffboardingRule['target']): IRuleTarget =>
      target === 'function'
        ? new LambdaFunction(serviceFunction.function, delivery)
        : new SqsQueue(serviceFunction.failed, delivery);
    for (const { name, bus: arrival, pattern, target } of offboardingRules(offboarding)) {
      const eventBus = this.#busOf(name, arrival, bus);
      new Rule(this, capitalised(name), {
        ...(eventBus && { eventBus }),
        eventPattern: asEventPattern(pattern),
        targets: [targetOf(target)],
      });
    }
  }

  /** `undefined`: the account's default bus. */
  #busOf(name: string, bus: OffboardingRule['bus'], own: StackBus): RuleProps['eventBus'] {
    if (bus === 'own') return own;
    if (bus === 'default') return undefined;
    return EventBus.fromEventBusName(this, `${capitalised(name)}Bus`, bus.partnerBusName);
  }
}
