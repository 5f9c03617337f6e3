/** Whether the `owner` tag of an instance can hold it: no white space, no control characters, at most 256 characters. */
export const isIdentity = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= 256 && /^[^\s\p{C}]+$/u.test(text);
