import type { Instance } from '../../../client/answers.ts';
import { findNearest } from '../../../functions/instances/nearest.ts';
import type { People, Person } from '../../../functions/instances/people.ts';
import { parseSearch, queryPattern } from '../../../functions/instances/search.ts';

export type Search = { readonly text: string; readonly group: string };

const mostSuggestions = 3;
/** A person may have several instances. */
const mostCompared = 12;

/** Whether the text is long enough to be searched for. */
export const isQuery = (text: string): boolean => queryPattern.test(text);

/** The people whom the search finds, or else the first ones of the list. @param most rows that are shown */
export const resultsOf = (
  people: People<Instance>,
  { text, group }: Search,
  most: number,
): readonly Person<Instance>[] => {
  const isWanted = (instance: Instance) => group === '' || instance.group === group;
  return isQuery(text)
    ? people.search(text).filter(({ instances }) => instances.some(isWanted))
    : people.first(most, isWanted);
};

/** The first people, with no more instances than may be shown; at least one person. */
export const shownOf = (found: readonly Person<Instance>[], most: number): readonly Person<Instance>[] => {
  let rows = 0;
  return found.filter(({ instances }, index) => {
    rows += instances.length;
    return index === 0 || rows <= most;
  });
};

export const groupsOf = (instances: readonly Instance[]): readonly string[] =>
  [...new Set(instances.flatMap(({ group }) => group ?? []))].sort();

/** Whom a search that found nobody may have meant: the number if numbers were compared, else the person once. */
export const nearestTo = (instances: readonly Instance[], text: string) => {
  const isNumber = parseSearch(text).digits !== undefined;
  const suggestions = findNearest(instances, text, mostCompared).map(({ name, identity = '', phone = '' }) => ({
    label: [name ?? identity, isNumber ? `…${phone}` : ''].filter(Boolean).join(' '),
    text: isNumber ? phone : identity || (name ?? ''),
  }));
  return [...new Map(suggestions.map((each) => [each.text, each])).values()].slice(0, mostSuggestions);
};

/** Where the page of a person is; of an instance without an owner, its own. */
export const addressOf = ({ identity, instances: [first] }: Person<Instance>): string =>
  identity === undefined
    ? `#/instance/${encodeURIComponent(first?.idInstance ?? '')}`
    : `#/person/${encodeURIComponent(identity)}`;

export const nameOf = ({ names, identity, instances: [first] }: Person<Instance>): string =>
  names.length > 0 ? names.join(', ') : (identity ?? `Instance ${first?.idInstance ?? ''}`);
