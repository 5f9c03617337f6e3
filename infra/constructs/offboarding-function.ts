import type { Construct } from 'constructs';
import { EventDoor, type EventDoorProps } from './event-function.ts';
import { OffboardingRules } from './offboarding-rules.ts';
import type { StackBus } from './stack-bus.ts';

export type OffboardingDoorProps = EventDoorProps & { readonly bus: StackBus };

/** Starts a run for each person of whom an event says that they left. */
export class OffboardingDoor extends EventDoor {
  constructor(scope: Construct, id: 'offboarding', { bus, ...props }: OffboardingDoorProps) {
    super(scope, id, props, 'Somebody who left may still be logged in.');
    new OffboardingRules(scope, 'rules', { offboarding: props.configuration.offboarding, bus, door: this });
  }
}
