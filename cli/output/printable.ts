// Control characters and invisible format characters: a tag or a reason must not move the cursor or hide text.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of others, made safe for a terminal: on one line, with invisible characters written as escapes. */
export const printable = (text: string): string =>
  text.replace(invisible, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** JSON on one line that is safe for a terminal, and the same value: invisible characters are written as JSON escapes. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(invisible, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
