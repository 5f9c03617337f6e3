import type { Construct } from 'constructs';
import { EventFunction, type EventFunctionProps } from './event-function.ts';
import { Schedules } from './schedules.ts';

/** Starts a run each time a configured schedule is due. */
export class ScheduleFunction extends EventFunction {
  constructor(scope: Construct, id: 'schedule', props: EventFunctionProps) {
    super(scope, id, props, 'A scheduled logout did not start: those it aims at may still be logged in.');
    new Schedules(scope, 'schedules', { schedules: props.configuration.schedules, serviceFunction: this });
  }
}
