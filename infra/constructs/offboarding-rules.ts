import { EventBus, type EventPattern, Match, Rule, type RuleProps } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { outcomeSource } from '../../functions/logout/evidence.ts';
import { customPattern } from '../../functions/offboarding/custom.ts';
import type { EventPattern as DialectPattern } from '../../functions/offboarding/dialect.ts';
import { identityCenterPattern } from '../../functions/offboarding/identity-center.ts';
import { oktaPattern } from '../../functions/offboarding/okta.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { deliveryRetries } from './delivery-retries.ts';
import type { EventFunction } from './event-function.ts';
import type { StackBus } from './stack-bus.ts';

export type OffboardingRulesProps = {
  readonly offboarding: Configuration['offboarding'];
  readonly bus: StackBus;
  readonly serviceFunction: EventFunction;
};

// CDK has one name of its own for a field of EventBridge's JSON, and types for values that are all texts.
const asEventPattern = (pattern: DialectPattern): EventPattern =>
  Object.fromEntries(
    Object.entries(pattern).map(([field, of]) => [field === 'detail-type' ? 'detailType' : field, of]),
  );

/** Which events reach the offboarding function: those that a configured dialect understands, each on the bus where it comes. */
export class OffboardingRules extends Construct {
  readonly #serviceFunction: EventFunction;

  constructor(scope: Construct, id: string, { offboarding, bus, serviceFunction }: OffboardingRulesProps) {
    super(scope, id);
    this.#serviceFunction = serviceFunction;
    const { custom, okta, identityCenter } = offboarding;
    if (custom.enabled) this.#add('Custom', customPattern, bus);
    if (okta !== undefined)
      this.#add('Okta', oktaPattern, EventBus.fromEventBusName(this, 'OktaBus', okta.partnerBusName));
    if (identityCenter.enabled) this.#add('IdentityCenter', identityCenterPattern);
    this.#keepTheRest(bus, custom.enabled ? customPattern['detail-type'] : []);
  }

  #add(id: string, pattern: DialectPattern, eventBus?: RuleProps['eventBus']): void {
    new Rule(this, id, {
      ...(eventBus && { eventBus }),
      eventPattern: asEventPattern(pattern),
      targets: [
        new LambdaFunction(this.#serviceFunction.function, {
          deadLetterQueue: this.#serviceFunction.undelivered,
          ...deliveryRetries,
        }),
      ],
    });
  }

  /** An event on the stack's bus that no dialect understands may be somebody's offboarding with a typing error in it. */
  #keepTheRest(eventBus: StackBus, understood: readonly string[]): void {
    new Rule(this, 'Rest', {
      eventBus,
      eventPattern: {
        source: Match.anythingBut(outcomeSource),
        ...(understood.length > 0 && { detailType: Match.anythingBut(...understood) }),
      },
      targets: [
        new SqsQueue(this.#serviceFunction.failed, {
          deadLetterQueue: this.#serviceFunction.undelivered,
          ...deliveryRetries,
        }),
      ],
    });
  }
}
