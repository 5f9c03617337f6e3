import { attributeName } from './attributes.ts';
import { ScimError } from './scim-error.ts';

/** An attribute that users can be found by. */
export type FilterAttribute = 'username' | 'externalid' | 'emails' | 'id';

/** `attribute eq "value"`; all of the conditions of a filter must hold. */
export type Condition = { readonly attribute: FilterAttribute; readonly value: string };

const longestFilter = 4_096;

const jsonText = String.raw`"(?:[^"\\]|\\.)*"`;
const condition = new RegExp(
  String.raw`\s*([A-Za-z0-9:.$_-]+(?:\[type eq ${jsonText}\](?:\.[A-Za-z]+)?)?)\s+([A-Za-z]{2})\s+(${jsonText})\s*`,
  'iy',
);
const conjunction = /and(?=\s)/iy;

const attributes: Readonly<Record<string, FilterAttribute>> = {
  username: 'username',
  externalid: 'externalid',
  id: 'id',
  emails: 'emails',
  'emails.value': 'emails',
};

const supported = 'userName, externalId, emails.value and id with eq, joined by and';

const invalid = (detail: string): ScimError => new ScimError(400, detail, 'invalidFilter');

const parseText = (json: string): string => {
  try {
    return String(JSON.parse(json));
  } catch {
    throw invalid('the value of the filter must be a JSON text');
  }
};

const parseCondition = ([, path = '', operator = '', json = '']: RegExpExecArray): Condition => {
  const attribute = attributes[attributeName(path.replace(/\[.*\]/, ''))];
  if (attribute === undefined || operator.toLowerCase() !== 'eq')
    throw invalid(`the filter must be made of ${supported}`);
  return { attribute, value: parseText(json) };
};

/** Reads `filter=userName eq "john.doe@example.com"`. @throws ScimError `invalidFilter` for what no known provider sends */
export const parseFilter = (filter: string): readonly Condition[] => {
  if (filter.length > longestFilter) throw invalid(`the filter must be at most ${longestFilter} characters`);
  const conditions: Condition[] = [];
  let position = 0;
  do {
    condition.lastIndex = position;
    const found = condition.exec(filter);
    if (found === null) throw invalid(`the filter must be made of ${supported}`);
    conditions.push(parseCondition(found));
    if (condition.lastIndex === filter.length) return conditions;
    conjunction.lastIndex = condition.lastIndex;
    position = conjunction.test(filter) ? conjunction.lastIndex : filter.length;
  } while (position < filter.length);
  throw invalid(`the filter must be made of ${supported}`);
};
