import { describeReadings, describeToken, type LoggedOut } from '../../../client/answers.ts';
import { countOf } from '../../../client/count-of.ts';
import { hasFailed, isConfirmed, isUnderWay, type Logout } from './logouts.ts';

/** What stands behind a confirmed logout, and what was done besides. */
export const describeConfirmed = ({ alreadyLoggedOut, readings, queue, token }: LoggedOut): string =>
  [
    alreadyLoggedOut && 'it was logged out already',
    readings !== undefined && describeReadings(readings),
    queue && (queue.cleared ? 'queue cleared' : 'queue not cleared'),
    token && describeToken(token),
  ]
    .filter((fact) => typeof fact === 'string')
    .join(', ');

/** How far several logouts have come, in one sentence; empty if there are none. */
export const describeLogouts = (logouts: readonly (Logout | undefined)[]): string => {
  const known = logouts.filter((logout) => logout !== undefined);
  if (known.length === 0) return '';
  const confirmed = known.filter(isConfirmed).length;
  const failed = known.filter(hasFailed).length;
  const counts = `${confirmed} of ${known.length} confirmed${failed > 0 ? `, ${failed} failed` : ''}`;
  if (known.some(isUnderWay)) return `Logging out: ${counts}.`;
  if (failed === 0) return known.length === 1 ? 'Logged out, confirmed.' : `All ${known.length} logged out, confirmed.`;
  return `${counts}. ${countOf(failed, 'instance')} ${failed === 1 ? 'needs' : 'need'} you.`;
};
