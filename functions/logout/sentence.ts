import { isPlain } from '../platform/log.ts';
import { type FailureKind, isFailure, type LogoutOutcome } from './outcome.ts';

/** Longest part of a sentence that others chose, in characters: an owner, a reason, a caller. */
const longestPart = 120;

/** A token of GREEN-API has 50 hexadecimal digits. Somebody may have pasted one into a reason. */
const tokens = /[0-9a-f]{50,}/gi;

/** EventBridge puts a sentence between the quotation marks of a JSON text and escapes nothing; chats read `<…>` as a command. */
const replacements: Readonly<Record<string, string>> = { '"': "'", '\\': '/', '<': '(', '>': ')' };

/** Blank, control and invisible characters. No literal, for the reason that `log.ts` states. */
const gaps = '[\\s\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+';

/**
 * A text that can stand in a JSON text as it is: without quotation marks, backslashes, angle brackets, control characters, invisible
 * characters and tokens.
 */
export const plain = (text: string): string =>
  text
    .toWellFormed()
    .replace(tokens, '(removed)')
    .replace(/["\\<>]/g, (character) => replacements[character] ?? '')
    .replace(isPlain(text) ? / +/g : new RegExp(gaps, 'gu'), ' ')
    .trim();

export const part = (text: string, longest = longestPart): string => {
  const characters = [...plain(text)];
  return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest).join('')}…`;
};

/** The person in an owner tag, which may hold several identities: the address, or else the first. */
export const personIn = (owner: string): string => {
  const identities = owner.split(/\s/);
  return part(identities.find((identity) => identity.includes('@')) ?? identities[0] ?? owner);
};

/** A command as a sentence names it. It is the last part, so that nothing is copied with it. */
export const command = (what: string, words: string): string => `${what}: green-api-logout ${words}`;

export const failureWords = {
  unconfirmed: 'still linked, or its state is not known',
  refused: 'logout refused',
  'credential-rejected': 'token rejected',
  'wrong-instance-or-host': 'wrong instance or host',
  'request-refused': 'request refused',
  'instance-expired': 'instance expired',
  'instance-deleted': 'instance deleted',
  'instance-starting': 'instance is starting',
  'rate-limited': 'too many calls',
  'quota-exceeded': 'quota exceeded',
  unavailable: 'no usable answer',
  'timed-out': 'no answer in time',
  'unknown-instance': 'no secret for this id',
  'credential-unreadable': 'secret not readable',
} as const satisfies Record<FailureKind, string>;

type Instance = { readonly idInstance: string; readonly owner: string | undefined };

const nameOf = ({ idInstance, owner }: Instance): string =>
  owner === undefined ? `Instance ${idInstance}` : `Instance ${idInstance} of ${personIn(owner)}`;

const because = (reason: string | undefined): string => (reason === undefined ? '' : ` (${part(reason)})`);

export const logoutText = (instance: Instance, outcome: LogoutOutcome, reason: string | undefined): string => {
  const name = nameOf(instance);
  if (!isFailure(outcome)) {
    const already = outcome.kind === 'already-logged-out' ? 'was already logged out' : 'is logged out';
    return plain(`${name} ${already}${because(reason)}.`);
  }
  const failure = `${failureWords[outcome.kind]}: ${part(outcome.detail)}`;
  const help = command('Try again', `logout ${instance.idInstance}`);
  return plain(`${name} is not confirmed as logged out${because(reason)}: ${failure}. ${help}`);
};

export const linkedAgainText = (instance: Instance, stateInstance: string, reason: string | undefined): string =>
  plain(
    `${nameOf(instance)} was linked again (state ${part(stateInstance)}) after its logout was confirmed${because(reason)}. ${command('Log it out', `logout ${instance.idInstance}`)}`,
  );
