import * as v from 'valibot';
import { word } from '../offboarding/dialect.ts';

/** Whether the `owner` tag of an instance can hold it: no white space, no control characters, at most 256 characters. */
export const isIdentity = (text: unknown): text is string => v.is(word, text);
