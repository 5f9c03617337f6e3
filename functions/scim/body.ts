import { attributeName } from './attributes.ts';
import { ScimError } from './response.ts';

/** What this service acts on. Of any other name that comes twice the last one counts, as in every JSON parser. */
const actedOn = ['active', 'username', 'operations', 'op', 'path', 'value'];

const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;

/** Whether an object in a JSON text has a name twice that this service acts on. */
const repeatsName = (json: string): boolean => {
  const outer: Set<string>[] = [];
  let names = new Set<string>();
  for (const [text, colon] of json.matchAll(token)) {
    if (text === '{') {
      outer.push(names);
      names = new Set();
    } else if (text === '}') names = outer.pop() ?? names;
    else if (colon !== undefined) {
      const name = String(JSON.parse(text.slice(0, -colon.length)));
      if (names.has(name) && actedOn.includes(attributeName(name))) return true;
      names.add(name);
    }
  }
  return false;
};

/** @throws ScimError for `{"active": false, "active": true}`: the parser would take the last one, and that would be a guess */
export const checkNamesOnce = (json: string): void => {
  if (repeatsName(json)) throw new ScimError(400, 'a name was sent twice in one object', 'invalidSyntax');
};
