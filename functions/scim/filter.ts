import { attributeName } from './attributes.ts';
import { ScimError } from './response.ts';

type FilterAttribute = 'username' | 'externalid' | 'emails' | 'id';

/** `attribute eq "value"`; all of the conditions of a filter must hold. */
export type Condition = { readonly attribute: FilterAttribute; readonly value: string };

const longestFilter = 4_096;
const mostBrackets = 16;

const attributes = new Map<string, FilterAttribute>([
  ['username', 'username'],
  ['externalid', 'externalid'],
  ['id', 'id'],
  ['emails', 'emails'],
  ['emails.value', 'emails'],
]);

/** Sub-attributes of an e-mail address that narrow a search down; a user of this service has one address. */
const emailDetails = ['emails.type', 'emails.primary', 'emails.display'];

const invalid = (detail: string): ScimError => new ScimError(400, detail, 'invalidFilter');

const unsupported = (): ScimError =>
  invalid('the filter must be made of userName, externalId, emails.value and id with eq, joined by and');

const token = /\s*([()[\]]|"(?:[^"\\]|\\.)*"|[^\s()[\]"]+)/sy;

const tokensOf = (filter: string): string[] => {
  const tokens: string[] = [];
  const text = filter.trimEnd();
  for (token.lastIndex = 0; token.lastIndex < text.length; ) {
    const found = token.exec(text)?.[1];
    if (found === undefined) throw unsupported();
    tokens.push(found);
  }
  return tokens;
};

const parseValue = (json = ''): string => {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'string') return value;
  } catch {}
  throw invalid('the value of the filter must be a JSON text');
};

/** Reads one filter: the grammar of RFC 7644, section 3.4.2.2, without `or`, `not` and other operators than `eq`. */
const createParser = (tokens: string[]) => {
  let brackets = 0;

  const expect = (wanted: string): void => {
    if (tokens.shift()?.toLowerCase() !== wanted) throw unsupported();
  };

  const parseGroup = (end: string, within: string): readonly Condition[] => {
    brackets += 1;
    if (brackets > mostBrackets) throw unsupported();
    const conditions = parseConjunction(within);
    expect(end);
    return conditions;
  };

  /** `eq "value"` */
  const parseComparison = (name: string): readonly Condition[] => {
    const attribute = attributes.get(name);
    if (attribute === undefined && !emailDetails.includes(name)) throw unsupported();
    expect('eq');
    const json = tokens.shift();
    if (attribute === undefined && /^(?:true|false)$/i.test(json ?? '')) return [];
    const value = parseValue(json);
    return attribute === undefined ? [] : [{ attribute, value }];
  };

  /** `[value eq "x"]`, or `[type eq "work"].value eq "x"` */
  const parseValuePath = (name: string): readonly Condition[] => {
    tokens.shift();
    const conditions = parseGroup(']', `${name}.`);
    const [next] = tokens;
    if (!next?.startsWith('.')) return conditions;
    tokens.shift();
    return [...conditions, ...parseComparison(name + next.toLowerCase())];
  };

  const parseTerm = (within: string): readonly Condition[] => {
    const first = tokens.shift() ?? '';
    if (first === '(') return parseGroup(')', within);
    const name = within + attributeName(first);
    return tokens[0] === '[' ? parseValuePath(name) : parseComparison(name);
  };

  const parseConjunction = (within: string): readonly Condition[] => {
    const conditions = [...parseTerm(within)];
    while (tokens[0]?.toLowerCase() === 'and') {
      tokens.shift();
      conditions.push(...parseTerm(within));
    }
    return conditions;
  };

  return parseConjunction;
};

/** Reads `filter=userName eq "john.doe@example.com"`. @throws ScimError `invalidFilter` for what no known provider sends */
export const parseFilter = (filter: string): readonly Condition[] => {
  if (filter.length > longestFilter) throw invalid(`the filter must be at most ${longestFilter} characters`);
  const tokens = tokensOf(filter);
  const conditions = createParser(tokens)('');
  if (tokens.length > 0 || conditions.length === 0) throw unsupported();
  return conditions;
};
