/** A quota of requests per second, refilled evenly, with one second's worth in reserve, as AWS counts its quotas. */
export const createQuota = (perSecond: number) => {
  let left = perSecond;
  let refilledAt = performance.now();
  return {
    /** Takes one from what is left; `false`: the request is to be throttled. */
    take: (): boolean => {
      const at = performance.now();
      left = Math.min(perSecond, left + ((at - refilledAt) / 1000) * perSecond);
      refilledAt = at;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
};
