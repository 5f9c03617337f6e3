import type { Construct } from 'constructs';
import { EventDoor, type EventDoorProps } from './event-function.ts';
import { Schedules } from './schedules.ts';

/** Starts a run each time a configured schedule is due. */
export class ScheduleDoor extends EventDoor {
  constructor(scope: Construct, id: 'schedule', props: EventDoorProps) {
    super(scope, id, props, 'A scheduled logout did not start: those it aims at may still be logged in.');
    new Schedules(scope, 'schedules', { schedules: props.configuration.schedules, door: this });
  }
}
