import { describeUnreadable, type InstanceList } from '../../client/instance-list.ts';
import type { Session } from '../session.ts';
import { printable } from './printable.ts';

/** Says on the error stream what is not understood among the secrets. Returns whether there is anything. */
export const warnOfUnreadable = (session: Session, list: InstanceList): boolean => {
  const warning = describeUnreadable(list);
  if (warning !== undefined) session.note(`Warning: ${printable(warning)}`);
  return warning !== undefined;
};
