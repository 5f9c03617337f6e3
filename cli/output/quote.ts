/** A word of a command line that is printed for a shell: nothing in it is expanded. */
export const quote = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
