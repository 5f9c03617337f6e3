import { compareWithOracle } from '../../../support/compare-with-oracle.ts';

test('over 500 random populations, every row is the one of a slow and obvious oracle', () => {
  const verdicts = new Map<string, number>();

  for (let seed = 1; seed <= 500; seed += 1) {
    const { got, expected } = compareWithOracle(seed);
    expect({ seed, ...got }).toEqual({ seed, ...expected });
    for (const { verdict } of got.rows) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }

  // The populations reach every verdict, each of them often.
  expect(
    [...verdicts]
      .filter(([, times]) => times >= 10)
      .map(([verdict]) => verdict)
      .sort(),
  ).toEqual(['in time', 'late', 'linked again', 'no instance', 'not known', 'not proved', 'protected']);
});
