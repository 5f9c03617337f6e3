import type { Construct } from 'constructs';
import { EventFunction, type EventFunctionProps } from './event-function.ts';
import { OffboardingRules } from './offboarding-rules.ts';
import type { StackBus } from './stack-bus.ts';

export type OffboardingFunctionProps = EventFunctionProps & { readonly bus: StackBus };

/** Starts a run for each person of whom an event says that they left. */
export class OffboardingFunction extends EventFunction {
  constructor(scope: Construct, id: 'offboarding', { bus, ...props }: OffboardingFunctionProps) {
    super(scope, id, props, 'Somebody who left may still be logged in.');
    new OffboardingRules(scope, 'rules', { offboarding: props.configuration.offboarding, bus, serviceFunction: this });
  }
}
