import { type InstanceId, instanceIdRule, parseInstanceId } from '../../functions/green-api/instance-id.ts';
import { UsageError } from '../errors.ts';

/** @throws UsageError without the text that is wrong: it may be a token in the wrong place */
export const readInstanceIds = (texts: readonly string[]): readonly InstanceId[] =>
  texts
    .flatMap((text) => text.split(',').map((part) => part.trim()))
    .filter((text) => text !== '')
    .map((text, index) => {
      const id = parseInstanceId(text);
      if (id === undefined) throw new UsageError(`Instance ${index + 1} is not an idInstance: it ${instanceIdRule}.`);
      return id;
    });
