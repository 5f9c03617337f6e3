/**
 * What the tags of an instance say about its owner besides the identities, for people who search. Runs and evidence never have it: it
 * says more about a person than a logout needs.
 */
export type Contact = {
  /** The person's name. */
  readonly name?: string;
  /** The last digits of the number that was linked when the instance was enrolled, at most six. */
  readonly phone?: string;
};

/** Tags can be read by many, so they never hold a whole number. */
const keptDigits = 6;

/** What is kept of a phone number, however it is written; empty if there is no digit. */
export const shortenPhone = (text: string): string => text.normalize('NFKC').replace(/\D/g, '').slice(-keptDigits);
