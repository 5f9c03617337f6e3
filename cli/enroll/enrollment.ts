import type { ApiUrl } from '../../functions/green-api/api-url.ts';
import { type InstanceId, instanceIdRule, parseInstanceId } from '../../functions/green-api/instance-id.ts';
import { compose, parseOwner } from '../../functions/instances/identity.ts';
import { parseCredential } from '../../functions/instances/parse-credential.ts';
import { shortenPhone } from '../../functions/instances/search.ts';
import { escapeTagValue, tagValuePattern } from '../../functions/instances/tag-value.ts';
import { UsageError } from '../errors.ts';
import { readTable } from '../input/csv.ts';
import { shortenedBySpreadsheet } from '../input/options.ts';

/** The tags that make the registry, as they are written. `''` removes one; a missing one is left as it is. */
export type EnrollmentTags = {
  readonly owner?: string;
  readonly group?: string;
  readonly protected?: string;
  readonly name?: string;
  readonly phone?: string;
};

/** What the secret of one instance is to be. */
export type Enrollment = {
  readonly idInstance: InstanceId;
  /** Missing: the one in the secret, or else GREEN-API's default. */
  readonly apiUrl?: string;
  /** Missing: only the tags are to change. */
  readonly apiTokenInstance?: string;
  readonly tags: EnrollmentTags;
  /** Whether the tag `phone` is to be that of the number that is linked now. */
  readonly readsPhone: boolean;
};

/** The columns of a file, under GREEN-API's own names and those of the tags. */
export const columns = [
  'idInstance',
  'apiUrl',
  'apiTokenInstance',
  'owner',
  'group',
  'protected',
  'name',
  'phone',
] as const;

export type EnrollmentFields = Readonly<Partial<Record<(typeof columns)[number], string | undefined>>>;

export type EnrollmentRules = {
  /** The allow-list of GREEN-API's addresses. */
  readonly parseApiUrl: (text: string) => ApiUrl | undefined;
  readonly tagsOnly: boolean;
  /** The address of an instance that is given none. @default what the secret says, or else GREEN-API's */
  readonly apiUrl?: string;
  /** Reads the number of each instance that is given none. @default false */
  readonly readsPhone?: boolean;
};

const ownerTag = (owner: string): string => parseOwner(owner).map(compose).map(escapeTagValue).join(' ');
const textTag = (text: string): string => escapeTagValue(compose(text));

const tooLong = (name: 'owner' | 'group' | 'name', tag: string): string[] =>
  tagValuePattern.test(tag)
    ? []
    : [
        `${name} must be at most 256 characters, and each that is not a letter, digit, space or _ . : / = + - @ takes seven`,
      ];

const problemsOfOwner = (owner: string): string[] => {
  if (/[,;]/.test(owner)) return ['owner must separate identities by spaces, not by commas or semicolons'];
  if (owner !== '' && parseOwner(owner).length === 0) return ['owner must be empty, or name somebody'];
  return tooLong('owner', ownerTag(owner));
};

const problemsOfText = (field: 'group' | 'name', text = ''): string[] =>
  /\p{C}/u.test(text) ? [`${field} must not hold control characters`] : tooLong(field, textTag(text));

/** Fewer digits would find half of a company. */
const fewestPhoneDigits = 4;

const problemsOfPhone = (phone = ''): string[] =>
  phone === '' || (!/\p{L}/u.test(phone) && shortenPhone(phone).length >= fewestPhoneDigits)
    ? []
    : [`phone must be a number of at least ${fewestPhoneDigits} digits, of which the last six are kept, or empty`];

const problemOfId = (idInstance = ''): string[] =>
  parseInstanceId(idInstance) === undefined
    ? [shortenedBySpreadsheet(idInstance) ?? `idInstance ${instanceIdRule}`]
    : [];

/** In practice no real address is accepted, so that nothing reaches GREEN-API. */
const problemsOfPractice = ({ apiUrl }: EnrollmentFields, rules: EnrollmentRules): string[] =>
  rules.apiUrl !== undefined && apiUrl && rules.parseApiUrl(apiUrl) === undefined
    ? ['leave apiUrl out: the local service calls only its emulator']
    : [];

const problemsOf = (fields: EnrollmentFields, { parseApiUrl, tagsOnly }: EnrollmentRules): readonly string[] => {
  const { idInstance, apiUrl, apiTokenInstance } = fields;
  const credential = tagsOnly
    ? undefined
    : parseCredential(JSON.stringify({ apiTokenInstance, ...(apiUrl && { apiUrl }) }), parseApiUrl);
  return [
    ...problemOfId(idInstance),
    ...(credential?.kind === 'malformed' ? [credential.problem] : []),
    ...(fields.owner === undefined ? [] : problemsOfOwner(fields.owner)),
    ...problemsOfText('group', fields.group),
    ...problemsOfText('name', fields.name),
    ...problemsOfPhone(fields.phone),
    ...(/^(?:true|false|)$/i.test(fields.protected ?? '') ? [] : ['protected must be true, false or empty']),
  ];
};

/** Checks the fields of one instance. No problem repeats a value: it may be a token in the wrong place. */
export const parseEnrollment = (
  fields: EnrollmentFields,
  rules: EnrollmentRules,
): Enrollment | { readonly problems: readonly string[] } => {
  const practice = problemsOfPractice(fields, rules);
  const apiUrl = practice.length > 0 ? rules.apiUrl : fields.apiUrl || rules.apiUrl;
  const problems = [...practice, ...problemsOf({ ...fields, ...(apiUrl && { apiUrl }) }, rules)];
  if (problems.length > 0) return { problems };
  const { idInstance, apiTokenInstance, owner, group, name, phone } = fields;
  const isProtected = fields.protected?.toLowerCase();
  return {
    idInstance: idInstance as InstanceId,
    ...(apiUrl && { apiUrl }),
    ...(!rules.tagsOnly && apiTokenInstance && { apiTokenInstance }),
    tags: {
      ...(owner !== undefined && { owner: ownerTag(owner) }),
      ...(group !== undefined && { group: textTag(group) }),
      ...(name !== undefined && { name: textTag(name.trim()) }),
      ...(phone !== undefined && { phone: shortenPhone(phone) }),
      ...(isProtected !== undefined && { protected: isProtected === 'false' ? '' : isProtected }),
    },
    readsPhone: rules.readsPhone === true && !phone,
  };
};

const mostShown = 20;

const checkColumns = (name: string, present: readonly string[]): void => {
  const unknown = present.filter((column) => !columns.some((known) => known === column));
  if (unknown.length > 0 || !present.includes('idInstance'))
    throw new UsageError(
      `${name}: the first line must name columns out of ${columns.join(',')}, idInstance among them.`,
    );
};

const problemsIn = (problems: readonly string[]): string => {
  const more = problems.length > mostShown ? [`… and ${problems.length - mostShown} more`] : [];
  return [...problems.slice(0, mostShown), ...more, 'Nothing was written.'].join('\n');
};

/**
 * Reads a file of instances and checks it whole.
 *
 * @throws UsageError naming every line that is wrong, without a value of it
 */
export const readEnrollments = (name: string, text: string, rules: EnrollmentRules): readonly Enrollment[] => {
  const table = readTable(name, text);
  checkColumns(name, table.columns);
  const lineOf = new Map<string, number>();
  const problems: string[] = [];
  const enrollments: Enrollment[] = [];
  for (const { line, values } of table.rows) {
    const parsed = parseEnrollment(values as EnrollmentFields, rules);
    if ('problems' in parsed) problems.push(...parsed.problems.map((problem) => `${name}, line ${line}: ${problem}`));
    else {
      const first = lineOf.get(parsed.idInstance);
      if (first !== undefined) problems.push(`${name}, line ${line}: the same idInstance is in line ${first}`);
      lineOf.set(parsed.idInstance, line);
      enrollments.push(parsed);
    }
  }
  if (problems.length > 0) throw new UsageError(problemsIn(problems));
  if (enrollments.length === 0) throw new UsageError(`${name} contains no instance.`);
  return enrollments;
};
