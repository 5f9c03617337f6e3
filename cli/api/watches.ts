import * as v from 'valibot';
import type { Api, ApiAnswer } from './api.ts';
import { readAnswer } from './problem.ts';

const watchSchema = v.object({
  id: v.string(),
  status: v.string(),
  run: v.string(),
  reason: v.optional(v.string()),
  requestedBy: v.optional(v.string()),
  note: v.optional(v.string()),
  startedAt: v.string(),
  endedAt: v.optional(v.string()),
  until: v.string(),
  nextActionAt: v.optional(v.string()),
  progress: v.object({ total: v.number(), linkedAgain: v.number(), released: v.number(), unread: v.number() }),
  outcomes: v.array(
    v.object({
      idInstance: v.string(),
      kind: v.string(),
      at: v.optional(v.string()),
      reason: v.optional(v.string()),
    }),
  ),
});

/** Watches instances after a run, in case somebody links one again. */
export type Watch = v.InferOutput<typeof watchSchema>;

export const parseWatch = (answer: ApiAnswer): Watch => readAnswer(answer, watchSchema);

export const readWatch = (api: Api, id: string): Promise<ApiAnswer> => api.send('GET', `/watches/${id}`);
