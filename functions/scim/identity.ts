import * as v from 'valibot';
import { word } from '../offboarding/dialect.ts';

/** Whether the `owner` tag of an instance can hold it: only visible characters, at most 256. */
export const isIdentity = (text: unknown): text is string => v.is(word, text);
