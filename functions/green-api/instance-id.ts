import * as v from 'valibot';
import { idForm, idPattern } from './vocabulary.ts';

/** The decimal id GREEN-API gives an instance, e.g. `1101000001`, kept as a string. */
export type InstanceId = string & { readonly __brand: 'InstanceId' };

/** What a person is told when {@link parseInstanceId} says no. */
export const instanceIdRule = `must be ${idForm}, for example 1101000001`;

/** Reads an id from outside once, at the function: nothing but digits ever reaches a URL or the name of a secret. */
export const parseInstanceId = (value: unknown): InstanceId | undefined =>
  typeof value === 'string' && idPattern.test(value) ? (value as InstanceId) : undefined;

/** An id as a part of other schemas; in a file of its own, because the synchronous function needs the parser alone. */
export const instanceIdSchema = v.custom<InstanceId>(
  (value) => parseInstanceId(value) !== undefined,
  `must be a string of ${idForm}, for example "1101000001"`,
);
