/**
 * Tags hold letters, spaces, digits and a few signs, so other characters stand in them as `_x0027_`: the code point of the apostrophe
 * as four or eight hexadecimal digits, the form that XML and spreadsheets use. Each text has exactly one escaped form, so no two
 * people can share one. Only the tag itself holds it: everything that reads or prints tags uses the plain text.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html
 */

/** A value that AWS documents as allowed. */
export const tagValuePattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

const refused = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;

/** An underscore that begins what would be read as an escape. */
const ambiguous = /_(?=x[0-9a-f]{4})/gi;

const escapeOf = (character: string): string => {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `_x${hex.padStart(hex.length > 4 ? 8 : 4, '0')}_`;
};

/** Escapes what a tag cannot hold. A text without such characters stays as it is. */
export const escapeTagValue = (text: string): string => text.replace(ambiguous, escapeOf).replace(refused, escapeOf);

const escapes = /_x([0-9a-f]{4}|[0-9a-f]{8})_/gi;

/** Reads the value of a tag. Spaces and control characters are never escaped, so an escape of one is plain text. */
export const parseTagValue = (value: string): string =>
  value.replace(escapes, (written, hex: string) => {
    const code = Number.parseInt(hex, 16);
    const character = code <= 0x10_ffff ? String.fromCodePoint(code) : '';
    return /[^\s\p{Z}\p{C}]/u.test(character) ? character : written;
  });
