import { type InstanceId, parseInstanceId } from '../../functions/instances/instance-id.ts';
import { UsageError } from '../errors.ts';

/** @throws UsageError without the text that is wrong: it may be a token in the wrong place */
export const readInstanceIds = (texts: readonly string[]): readonly InstanceId[] =>
  texts
    .flatMap((text) => text.split(',').map((part) => part.trim()))
    .filter((text) => text !== '')
    .map((text, index) => {
      const id = parseInstanceId(text);
      if (id === undefined)
        throw new UsageError(
          `Instance ${index + 1} is not an idInstance: it must be 1 to 10 digits, as in 1101000001.`,
        );
      return id;
    });
