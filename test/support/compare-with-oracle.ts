import { parseFact } from '../../cli/report/facts.ts';
import { judge } from '../../cli/report/judge.ts';
import { oracleIncomplete, oracleRow } from './leaver-oracle.ts';
import { randomPopulation } from './leaver-population.ts';

const withinMs = 24 * 3_600_000;

/** The rows of the report and those of the oracle over the same random population. */
export const compareWithOracle = (seed: number) => {
  const population = randomPopulation(seed);
  const facts = population.lines.flatMap((line) => parseFact(JSON.stringify(line)) ?? []);
  const leavers = population.leavers.map((leaver) => ({ ...leaver, countsFrom: leaver.leftAt }));
  const report = judge(facts, leavers, { withinMs, owned: population.owned });
  return {
    got: {
      rows: report.rows.map(({ verdict, instances, lastConfirmedAt, reportedAt, incompleteRuns }) => ({
        verdict,
        instances: instances.map(({ idInstance }) => idInstance),
        lastConfirmedAt,
        reportedAt,
        incompleteRuns,
      })),
      incomplete: report.incompleteRuns.map(({ run }) => run).sort(),
    },
    expected: {
      rows: population.leavers.map((leaver) => oracleRow(population, leaver, withinMs)),
      incomplete: oracleIncomplete(population),
    },
  };
};
