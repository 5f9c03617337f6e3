import { UsageError } from '../errors.ts';
import { readTable } from '../input/csv.ts';
import {
  columns,
  type Enrollment,
  type EnrollmentFields,
  type EnrollmentRules,
  parseEnrollment,
} from './enrollment.ts';

/** How many problems of a file are shown at once. */
const mostShown = 20;

const checkColumns = (name: string, present: readonly string[]): void => {
  const unknown = present.filter((column) => !columns.some((known) => known === column));
  if (unknown.length > 0 || !present.includes('idInstance'))
    throw new UsageError(
      `${name}: the first line must name columns out of ${columns.join(',')}, idInstance among them.`,
    );
};

const problemsIn = (problems: readonly string[]): string => {
  const more = problems.length > mostShown ? [`… and ${problems.length - mostShown} more`] : [];
  return [...problems.slice(0, mostShown), ...more, 'Nothing was written.'].join('\n');
};

/**
 * Reads a file of instances and checks it whole.
 *
 * @throws UsageError naming every line that is wrong, without a value of it
 */
export const readEnrollments = (name: string, text: string, rules: EnrollmentRules): readonly Enrollment[] => {
  const table = readTable(name, text);
  checkColumns(name, table.columns);
  const lineOf = new Map<string, number>();
  const problems: string[] = [];
  const enrollments: Enrollment[] = [];
  for (const { line, values } of table.rows) {
    const parsed = parseEnrollment(values as EnrollmentFields, rules);
    if ('problems' in parsed) problems.push(...parsed.problems.map((problem) => `${name}, line ${line}: ${problem}`));
    else {
      const first = lineOf.get(parsed.idInstance);
      if (first !== undefined) problems.push(`${name}, line ${line}: the same idInstance is in line ${first}`);
      lineOf.set(parsed.idInstance, line);
      enrollments.push(parsed);
    }
  }
  if (problems.length > 0) throw new UsageError(problemsIn(problems));
  if (enrollments.length === 0) throw new UsageError(`${name} contains no instance.`);
  return enrollments;
};
