import { Aws } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, type Conditions, Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { outcomeSource } from '../../functions/logout/evidence.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { ServiceFunction } from './service-function.ts';

type Senders = Configuration['offboarding']['custom']['putEventsFrom'];

/**
 * The stack's own event bus, named as the stack: offboarding events come in on it, outcome events go out. EventBridge
 * encrypts what is on it (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html).
 */
export class StackBus extends EventBus {
  readonly #outcomeRoles: string[] = [];

  /** @param senders who may put events on it from outside this account */
  constructor(scope: Construct, id: string, { accounts = [], organization }: NonNullable<Senders> = {}) {
    super(scope, id, { eventBusName: Aws.STACK_NAME });
    if (accounts.length > 0)
      this.#state('Accounts', { principals: accounts.map((account) => new AccountPrincipal(account)) });
    if (organization !== undefined)
      this.#state('Organization', { conditions: { StringEquals: { 'aws:PrincipalOrgID': organization } } });
    this.#state('NoPlainHttp', { effect: Effect.DENY, conditions: { Bool: { 'aws:SecureTransport': 'false' } } });
    this.#state('OnlyOwnOutcomes', {
      effect: Effect.DENY,
      conditions: {
        // One request may hold events of several sources.
        'ForAnyValue:StringEquals': { 'events:source': outcomeSource },
        ArnNotEquals: { 'aws:PrincipalArn': this.#outcomeRoles },
      },
    });
  }

  /** Lets the function put outcome events on the bus, and nothing else. Nobody without this may use their source. */
  grantPutOutcomes({ role }: ServiceFunction): void {
    this.#outcomeRoles.push(role.roleArn);
    role.addToPolicy(
      new PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [this.eventBusArn],
        conditions: { 'ForAllValues:StringEquals': { 'events:source': outcomeSource } },
      }),
    );
  }

  #state(sid: string, rest: { effect?: Effect; principals?: AccountPrincipal[]; conditions?: Conditions }): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new StarPrincipal()],
        actions: ['events:PutEvents'],
        resources: [this.eventBusArn],
        ...rest,
      }),
    );
  }
}
