import { attributeName } from './attributes.ts';
import { ScimError } from './response.ts';

/** What this service acts on. Of any other name that comes twice the last one counts, as in every JSON parser. */
const actedOn = ['active', 'username', 'operations', 'op', 'path', 'value'];

const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;

/** Whether an object in a JSON text has a name twice that this service acts on. */
const repeatsName = (json: string): boolean => {
  const objects: Set<string>[] = [];
  for (const [text, colon] of json.matchAll(token)) {
    if (text === '{') objects.push(new Set());
    else if (text === '}') objects.pop();
    else if (colon !== undefined) {
      const name = String(JSON.parse(text.slice(0, -colon.length)));
      if (objects.at(-1)?.has(name) && actedOn.includes(attributeName(name))) return true;
      objects.at(-1)?.add(name);
    }
  }
  return false;
};

/** @throws ScimError for `{"active": false, "active": true}`: the parser would take the last one, and that would be a guess */
export const checkNamesOnce = (json: string): void => {
  if (repeatsName(json)) throw new ScimError(400, 'a name was sent twice in one object', 'invalidSyntax');
};
