import { type InstanceId, instanceIdRule, parseInstanceId } from '../../functions/green-api/instance-id.ts';
import { UsageError } from '../errors.ts';
import { collect } from './options.ts';

/** What a spreadsheet makes of a long number, e.g. `1.101E+09`: its digits are lost. No token looks like this. */
const scientific = /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d{1,3}$/i;

/** Says so of a text that is to be an id, without the full stop; `undefined` for any other text. */
export const shortenedBySpreadsheet = (text: string): string | undefined =>
  scientific.test(text)
    ? `idInstance is ${text}: a spreadsheet has shortened the id, and its digits are lost. Format the column as text there, and enter the id again`
    : undefined;

/** @throws UsageError without the text that is wrong: it may be a token in the wrong place */
export const readInstanceIds = (texts: readonly string[]): readonly InstanceId[] =>
  texts
    .flatMap((text) => collect(text))
    .map((text, index) => {
      const id = parseInstanceId(text);
      if (id === undefined) throw new UsageError(`Instance ${index + 1} is not an idInstance: it ${instanceIdRule}.`);
      return id;
    });
