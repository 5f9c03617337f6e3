import type { Expression, InvalidExpression } from './expression.ts';

/** Reads the inside of `at(…)`: a local time without a zone. */
export const parseAt = (body: string): Expression | InvalidExpression => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body)) {
    return { kind: 'invalid', problem: 'write a local time without a zone, as in at(2027-03-31T18:00:00)' };
  }
  const wallMs = Date.parse(`${body}Z`);
  const isReal = !Number.isNaN(wallMs) && new Date(wallMs).toISOString().startsWith(body);
  return isReal ? { kind: 'at', wallMs } : { kind: 'invalid', problem: 'the calendar has no such date or time' };
};
