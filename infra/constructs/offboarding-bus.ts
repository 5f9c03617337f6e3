import { EventBus } from 'aws-cdk-lib/aws-events';
import {
  AccountPrincipal,
  type Conditions,
  Effect,
  Grant,
  type IGrantable,
  PolicyStatement,
  type Role,
  StarPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { outcomeSource } from '../../functions/logout/evidence.ts';
import type { Settings } from '../configuration/configuration.ts';

const putEvents = 'events:PutEvents';

/**
 * The deployment's own event bus: offboarding events come in, outcome events go out. EventBridge encrypts what is on it
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html).
 */
export class OffboardingBus extends Construct {
  readonly eventBus: EventBus;
  readonly #outcomeRoles: string[] = [];
  readonly #sources: readonly string[] | undefined;

  constructor(scope: Construct, id: string, { name, offboarding: { custom } }: Settings) {
    super(scope, id);
    this.#sources = custom.sources;
    this.eventBus = new EventBus(this, 'Bus', { eventBusName: name });
    const { accounts = [], organization } = custom.putEventsFrom ?? {};
    if (accounts.length > 0)
      this.#addStatement('Accounts', { principals: accounts.map((account) => new AccountPrincipal(account)) });
    if (organization !== undefined)
      this.#addStatement('Organization', { conditions: { StringEquals: { 'aws:PrincipalOrgID': organization } } });
    this.#addStatement('NoPlainHttp', {
      effect: Effect.DENY,
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    this.#addStatement('OnlyOwnOutcomes', {
      effect: Effect.DENY,
      conditions: {
        // One request may hold events of several sources.
        'ForAnyValue:StringEquals': { 'events:source': outcomeSource },
        ArnNotEquals: { 'aws:PrincipalArn': this.#outcomeRoles },
      },
    });
  }

  /** Lets the function put outcome events on the bus, and nothing else. Nobody without this grant may use their source. */
  grantPutOutcomes({ role }: { readonly role: Role }): Grant {
    this.#outcomeRoles.push(role.roleArn);
    return this.#grantPut(role, outcomeSource);
  }

  /** Lets somebody in this account put offboarding events on the bus. */
  grantPutOffboardingEvents(grantee: IGrantable): Grant {
    return this.#grantPut(grantee, this.#sources);
  }

  #grantPut(grantee: IGrantable, sources: string | readonly string[] | undefined): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: [putEvents],
      resourceArns: [this.eventBus.eventBusArn],
      ...(sources && { conditions: { 'ForAllValues:StringEquals': { 'events:source': sources } } }),
    });
  }

  #addStatement(
    sid: string,
    rest: { effect?: Effect; principals?: AccountPrincipal[]; conditions?: Conditions },
  ): void {
    this.eventBus.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new StarPrincipal()],
        actions: [putEvents],
        resources: [this.eventBus.eventBusArn],
        ...rest,
      }),
    );
  }
}
