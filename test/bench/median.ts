export const percentile = (samples: readonly number[], share: number): number =>
  samples.toSorted((a, b) => a - b)[Math.floor((samples.length - 1) * share)] ?? Number.NaN;

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);
