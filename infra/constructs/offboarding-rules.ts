import { EventBus, type IRuleTarget, Rule, type RuleProps } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Settings } from '../configuration/configuration.ts';
import { type OffboardingRule, offboardingRules } from '../configuration/offboarding-rules.ts';
import { deliveryRetries, type EventFunction } from './event-function.ts';
import { asEventPattern } from './event-pattern.ts';
import type { OffboardingBus } from './offboarding-bus.ts';
import { pascalCase } from './pascal-case.ts';

export type OffboardingRulesProps = {
  readonly settings: Settings;
  readonly bus: OffboardingBus;
  /** The function that starts a run for each person who left. */
  readonly events: EventFunction;
};

/** Delivers to the offboarding function what an enabled dialect understands, and keeps what is left on the deployment's bus as failed. */
export class OffboardingRules extends Construct {
  constructor(scope: Construct, id: string, { settings, bus, events }: OffboardingRulesProps) {
    super(scope, id);
    const delivery = { deadLetterQueue: events.undelivered, ...deliveryRetries };
    const queues = { failed: events.failed, 'second-look': events.secondLook ?? events.failed };
    const targetOf = (target: OffboardingRule['target']): IRuleTarget =>
      target === 'function'
        ? new LambdaFunction(events.service.function, delivery)
        : new SqsQueue(queues[target], delivery);
    for (const { name, bus: arrival, pattern, target } of offboardingRules(settings.offboarding)) {
      const eventBus = this.#busOf(name, arrival, bus.eventBus);
      new Rule(this, pascalCase(name), {
        ...(eventBus && { eventBus }),
        eventPattern: asEventPattern(pattern),
        targets: [targetOf(target)],
      });
    }
  }

  /** `undefined`: the account's default bus. */
  #busOf(name: string, bus: OffboardingRule['bus'], own: EventBus): RuleProps['eventBus'] {
    if (bus === 'own') return own;
    if (bus === 'default') return undefined;
    return EventBus.fromEventBusName(this, `${pascalCase(name)}Bus`, bus.partnerBusName);
  }
}
