/**
 * A quota of requests per second, refilled evenly, with one second's worth in reserve, as AWS counts its quotas.
 *
 * @param now in milliseconds
 */
export const createQuota = (perSecond: number, now: () => number = () => performance.now()) => {
  let left = perSecond;
  let refilledAt = now();
  return {
    /** Takes one from what is left; `false`: the request is to be throttled. */
    take: (): boolean => {
      const at = now();
      left = Math.min(perSecond, left + ((at - refilledAt) / 1000) * perSecond);
      refilledAt = at;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
};
