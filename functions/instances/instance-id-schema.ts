import * as v from 'valibot';
import { type InstanceId, parseInstanceId } from './instance-id.ts';

/** An id as a part of other schemas; in a file of its own, because the synchronous door needs the parser alone. */
export const instanceIdSchema = v.custom<InstanceId>(
  (value) => parseInstanceId(value) !== undefined,
  'must be a text of 1 to 10 digits, for example "1101000001"',
);
