import { acceptedRunSchema, type ListedRun, type Run, runPageSchema, runSchema } from '../../client/answers.ts';
import { printable } from '../output/printable.ts';
import type { Api, ApiAnswer } from './api.ts';
import { nextPage } from './next-page.ts';
import { readAnswer } from './problem.ts';

export const parseRun = (answer: ApiAnswer): Run => readAnswer(answer, runSchema);

/** The id and the status are printed as they are, so they are made safe for a terminal here. */
export const parseAcceptedRun = (answer: ApiAnswer) => {
  const { id, status } = readAnswer(answer, acceptedRunSchema);
  return { id: printable(id), status: printable(status) };
};

export const readRun = (api: Api, id: string): Promise<ApiAnswer> => api.send('GET', `/forced-logouts/${id}`);

/** Reads `GET /forced-logouts`, newest first, until there are `limit` runs or no more. */
export const listRuns = async (api: Api, limit: number, status?: string): Promise<readonly ListedRun[]> => {
  const found: ListedRun[] = [];
  let next: string | undefined;
  do {
    const page = readAnswer(await api.send('GET', '/forced-logouts', { query: { status, next } }), runPageSchema);
    found.push(...page.runs);
    next = nextPage(page, next);
  } while (next !== undefined && found.length < limit);
  return found.slice(0, limit);
};
