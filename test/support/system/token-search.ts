/** A way in which a text may hold a token, and what to look for then. */
export type Encoding = { readonly name: string; readonly encode: (text: string) => string };

const inHex = (text: string): string => Buffer.from(text).toString('hex');

/** Ways that come to one text, whatever stands around the token. */
const simple: readonly Encoding[] = [
  { name: 'plain', encode: (text) => text },
  { name: 'URL-encoded', encode: (text) => inHex(text).replace(/../g, '%$&') },
  { name: 'escaped as JSON', encode: (text) => inHex(text).replace(/../g, '\\u00$&') },
  { name: 'hex', encode: inHex },
  { name: 'reversed', encode: (text) => [...text].reverse().join('') },
  { name: 'in UTF-16', encode: (text) => [...text].join('\0') },
];

/** In base64, a text looks otherwise at each of three places; these characters of it depend on nothing around it. */
const inBase64 = (text: string, offset: 0 | 1 | 2): string =>
  Buffer.from(' '.repeat(offset) + text)
    .toString('base64')
    .slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + text.length) * 4) / 3));

const base64: readonly Encoding[] = ([0, 1, 2] as const).map((offset) => ({
  name: `base64 at ${offset}`,
  encode: (text) => inBase64(text, offset),
}));

export const encodings: readonly Encoding[] = [...simple, ...base64];

/** This much of a token is a leak, also if the rest is cut off. */
const piece = 20;

/** Looks for a token, or the beginning of it, in a text; gives the names of the encodings in which it is there. */
export const createTokenSearch = (token: string): ((text: string) => readonly string[]) => {
  const wanted = encodings.map(({ name, encode }) => ({ name, needle: encode(token.slice(0, piece)) }));
  const ignoringCase = wanted.filter(({ name }) => !name.startsWith('base64'));
  const exact = wanted.filter(({ name }) => name.startsWith('base64'));
  return (text) => {
    const lower = text.toLowerCase();
    const standard = text.replaceAll('-', '+').replaceAll('_', '/');
    return [
      ...ignoringCase.filter(({ needle }) => lower.includes(needle.toLowerCase())),
      ...exact.filter(({ needle }) => standard.includes(needle)),
    ].map(({ name }) => name);
  };
};
