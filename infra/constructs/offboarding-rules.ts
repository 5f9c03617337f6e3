import { Aws } from 'aws-cdk-lib';
import { EventBus, type IRuleTarget, Rule, type RuleProps } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type OffboardingRule, offboardingRules } from '../configuration/offboarding-rules.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { Deployment } from './deployment.ts';
import { deliveryRetries, type EventFunction } from './event-function.ts';
import { asEventPattern } from './event-pattern.ts';
import { pascalCase } from './pascal-case.ts';

/** Lets a role read the users of one identity store, which may belong to another account of the organization. */
const grantDescribeUsers = (role: Role, identityStoreId: string): void => {
  const store = `arn:${Aws.PARTITION}:identitystore::*:identitystore/${identityStoreId}`;
  const users = `arn:${Aws.PARTITION}:identitystore:::user/*`;
  role.addToPolicy(new PolicyStatement({ actions: ['identitystore:DescribeUser'], resources: [store, users] }));
  acknowledgeWildcard(role, store, 'The id of an identity store is unique; its account is not known here.');
  acknowledgeWildcard(role, users, 'Any user of the identity store may be changed.');
};

/** Delivers to the offboarding function what an enabled dialect understands, and keeps what is left on the deployment's bus as failed. */
export class OffboardingRules extends Construct {
  /** @param events the function that starts a run for each person who left */
  constructor(scope: Construct, id: string, { settings, bus }: Deployment, events: EventFunction) {
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
    const { enabled, identityStoreId } = settings.offboarding.identityCenter;
    if (enabled && identityStoreId !== undefined) grantDescribeUsers(events.service.role, identityStoreId);
  }

  /** `undefined`: the account's default bus. */
  #busOf(name: string, bus: OffboardingRule['bus'], own: EventBus): RuleProps['eventBus'] {
    if (bus === 'own') return own;
    if (bus === 'default') return undefined;
    return EventBus.fromEventBusName(this, `${pascalCase(name)}Bus`, bus.partnerBusName);
  }
}
