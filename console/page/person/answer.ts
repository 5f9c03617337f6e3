import { isLoggedOut } from '../../../client/answers.ts';
import { countOf } from '../../../client/count-of.ts';
import { stateClassOf } from '../../../functions/green-api/vocabulary.ts';
import { isConfirmed, isUnderWay, type Logout } from '../instances/logouts.ts';
import type { KnownState } from '../instances/states.ts';

export type Known = { readonly state: KnownState | undefined; readonly logout: Logout | undefined };

const isOut = ({ state, logout }: Known): boolean =>
  state?.kind === 'read' ? isLoggedOut(state) : isConfirmed(logout);

const isUnread = ({ state, logout }: Known): boolean => state?.kind === 'problem' && !isConfirmed(logout);

const isOpen = (known: Known): boolean => known.state?.kind === 'read' && !isOut(known);

const isLinked = ({ state }: Known): boolean =>
  state?.kind === 'read' && stateClassOf(state.stateInstance) === 'linked';

/** Instances that are not known to be out. */
export const countOpen = (instances: readonly Known[]): number => instances.filter((known) => !isOut(known)).length;

type Owned = Known & { readonly sharedWith: readonly string[] };

/** What the button of the page does with those that are ticked. @param idInstance the page is about this instance */
export const labelFor = (instances: readonly Owned[], ticked: readonly Owned[], idInstance?: string): string => {
  if (ticked.length === 0) return countOpen(instances) === 0 ? 'Nothing left to log out' : 'Nothing is selected';
  const open = instances.filter((one) => one.sharedWith.length === 0 && !isOut(one));
  if (idInstance !== undefined) return `Log out ${idInstance}`;
  const isEverything = open.length === ticked.length && open.every((one) => ticked.includes(one));
  if (!isEverything) return `Log ${countOf(ticked.length, 'instance')} out`;
  return `Log out everything (${ticked.length}${ticked.every(isLinked) ? ' linked' : ''})`;
};

const describeOpen = (instances: readonly Known[]): string => {
  const open = instances.filter(isOpen);
  const verb = open.length === 1 ? 'is' : 'are';
  const what = open.every(isLinked) ? 'still linked' : 'not logged out';
  if (instances.length === 1) return `The instance is ${what}.`;
  return `${open.length} of ${instances.length} instances ${verb} ${what}.`;
};

const describeUnread = (instances: readonly Known[]): string => {
  const unread = instances.filter(isUnread).length;
  if (unread === 0) return '';
  return instances.length === 1
    ? 'The state could not be read.'
    : `The state of ${unread} of ${instances.length} could not be read.`;
};

/**
 * Whether the person is out, in one sentence.
 *
 * @param name of the person; missing: it is about one instance, whoever it belongs to
 * @param isWhole whether the whole list has been read, so that no instance of the person is missing
 */
export const answerFor = (name: string | undefined, instances: readonly Known[], isWhole = true): string => {
  if (instances.length === 0) return 'There is no instance to log out.';
  const underWay = instances.filter(({ logout }) => isUnderWay(logout)).length;
  if (underWay > 0) {
    const done = instances.filter(({ logout }) => isConfirmed(logout)).length;
    return `Logging out: ${done} of ${done + underWay} confirmed.`;
  }
  if (instances.every(isOut)) {
    if (name === undefined) return 'The instance is logged out.';
    return isWhole ? `Everything of ${name} is logged out.` : 'What has been found so far is logged out.';
  }
  const isReading = instances.some((known) => !isOut(known) && !isOpen(known) && !isUnread(known));
  return [
    instances.some(isOpen) && describeOpen(instances),
    describeUnread(instances),
    isReading && 'Reading the states.',
  ]
    .filter(Boolean)
    .join(' ');
};

type Told = {
  readonly count: number;
  /** When the last one was confirmed, in words. */
  readonly at: string;
  readonly isRotated: boolean;
};

/** What to say to the person on the line. */
export const tellPerson = ({ count, at, isRotated }: Told): string =>
  [
    count === 1
      ? `The link between your messenger account and our system ended at ${at}. This is confirmed.`
      : `All ${count} links between your messenger accounts and our system ended by ${at}. This is confirmed.`,
    isRotated ? 'A copied access token cannot link it again.' : '',
    'The phone keeps its account and its chats. Other devices that are linked to it stay linked: on the phone, open Linked devices, and remove those that you do not know.',
    'If the phone is gone, have the SIM card blocked, then activate the number on another phone.',
  ]
    .filter(Boolean)
    .join(' ');
