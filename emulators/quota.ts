/** A quota of requests per second, refilled evenly, with one second's worth in reserve, as AWS counts its quotas. */
export type Quota = {
  /** Takes `count` from what is left, all or nothing; `false`: the request is to be throttled. */
  readonly take: (count?: number) => boolean;
};

export const createQuota = (perSecond: number, now: () => number = () => performance.now()): Quota => {
  if (perSecond === Infinity) return { take: () => true };
  let left = perSecond;
  let refilledAt = now();
  return {
    take: (count = 1) => {
      const at = now();
      left = Math.min(perSecond, left + ((at - refilledAt) / 1000) * perSecond);
      refilledAt = at;
      if (left < count) return false;
      left -= count;
      return true;
    },
  };
};
