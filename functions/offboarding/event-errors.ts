// Thrown by the door, which nobody waits for: Lambda sends the event to its on-failure destination, with name and message.

/** An offboarding that cannot be read: somebody may have left and was not logged out. */
export class BrokenEvent extends Error {
  override readonly name = 'BrokenEvent';
}

/** No dialect knows the event; a rule lets through more than the dialects understand. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}
