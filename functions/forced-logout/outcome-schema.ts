import * as v from 'valibot';
import { instanceIdSchema } from '../instances/instance-id-schema.ts';
import { worthRetrying } from '../logout/outcome.ts';
import type { Outcome } from './outcome.ts';

/** All of an outcome but whose it is and when it was confirmed. */
export const outcomeEntries = {
  kind: v.picklist(['logged-out', 'already-logged-out', 'skipped', 'pending', ...Object.keys(worthRetrying)]),
  confirmed: v.boolean(),
  attempts: v.number(),
  reason: v.optional(v.string()),
  queueCleared: v.optional(v.boolean()),
};

/** An outcome in the result of a step; the other fields there are the run's own and are left out. */
export const outcomeSchema = v.pipe(
  v.object({ idInstance: instanceIdSchema, ...outcomeEntries, confirmedAt: v.optional(v.string()) }),
  v.transform((outcome) => outcome as Outcome),
);
