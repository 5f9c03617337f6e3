/** The command line or the input is wrong. The message says what and how to correct it, unless that has been printed; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command could not do its work. The message says what happened and what to do. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** The person pressed Ctrl-C at a question: the command ends, with a message that says what was done before. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Gives an expected failure as a value, so that one of several does not stop the others. */
export const orFailure = async <Value>(work: Promise<Value>): Promise<Value | CommandFailed> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CommandFailed) return error;
    throw error;
  }
};
