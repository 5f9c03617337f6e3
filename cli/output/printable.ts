// Control characters and invisible format characters: a tag or a reason must not move the cursor or hide text.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of others, made safe for a terminal: on one line, with invisible characters written as escapes. */
export const printable = (text: string): string =>
  text.replace(invisible, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
