import fc from 'fast-check';

/** The code points of surrogates are no characters. */
const [firstSurrogate, surrogates] = [0xd800, 0x800];

/** The unit `binary` of fast-check, which is slow: to shrink, it keeps a million characters in a map, a second in each file. */
const anyCharacter = fc.nat(0x10ffff - surrogates).map(
  (index) => String.fromCodePoint(index < firstSurrogate ? index : index + surrogates),
  (character) => {
    const code = typeof character === 'string' ? character.codePointAt(0) : undefined;
    if (code === undefined || character !== String.fromCodePoint(code)) throw new Error('not one character');
    return code < firstSurrogate ? code : code - surrogates;
  },
);

/** Texts of all characters, control characters and unassigned ones too. */
export const anyText = (limits: { readonly minLength?: number; readonly maxLength?: number } = {}) =>
  fc.string({ unit: anyCharacter, ...limits });

/** Web addresses with a path: `fc.webUrl` without the unit `binary`. */
export const anyUrl = fc
  .tuple(fc.constantFrom('http', 'https'), fc.webAuthority(), fc.array(anyText().map(encodeURIComponent)))
  .map(([scheme, authority, path]) => [`${scheme}://${authority}`, ...path].join('/'));
