import fc from 'fast-check';
import {
  canonicalIdentity,
  foldCase,
  identityPattern,
  isInGroup,
  isOwnedBy,
  isSameIdentity,
  parseOwner,
} from '../../../functions/instances/identity.ts';
import { anyText } from '../../support/any-text.ts';

const decomposed = (text: string): string => text.normalize('NFD');

describe('the same person', () => {
  test.each([
    ['JOHN.DOE@EXAMPLE.COM', 'john.doe@example.com'],
    [decomposed('anna.müller@example.com'), 'anna.müller@example.com'],
    ['ANNA.MÜLLER@EXAMPLE.COM', 'anna.müller@example.com'],
    [decomposed('JOSÉ@example.com'), 'josé@example.com'],
    ['ΟΔΥΣΣΕΥΣ@example.com', 'οδυσσευς@example.com'],
    ['ИВАН@пример.рф', 'иван@пример.рф'],
    ['GROẞ@example.com', 'groß@example.com'],
    [decomposed('각@example.com'), '각@example.com'],
    ['J\u030cAN@example.com', '\u01f0an@example.com'],
    [decomposed('İREM@example.com'), 'İREM@example.com'],
    [decomposed('josé-17'), 'josé-17'],
  ])('%s is %s', (a, b) => {
    expect(isSameIdentity(a, b)).toBe(true);
    expect(isOwnedBy({ owner: `x ${a}` }, `${b} y`)).toBe(true);
  });
});

describe('different people', () => {
  test.each([
    ['mi\u212ae@example.com', 'mike@example.com'],
    ['İrem@example.com', 'irem@example.com'],
    ['ırem@example.com', 'irem@example.com'],
    ['İrem@example.com', 'ırem@example.com'],
    ['ſam@example.com', 'sam@example.com'],
    ['\u2126@example.com', 'ω@example.com'],
    ['\u212bke@example.com', 'åke@example.com'],
    ['groß@example.com', 'gross@example.com'],
    ['jose@example.com', 'josé@example.com'],
    ['00uAnn', '00uann'],
    ['JOSÉ-17', 'josé-17'],
  ])('%s is not %s', (a, b) => {
    expect(isSameIdentity(a, b)).toBe(false);
    expect(isOwnedBy({ owner: a }, b)).toBe(false);
  });
});

test('no two letters of Unicode are joined but a capital and its small letter', () => {
  const spellings = new Map<string, string[]>();
  for (let code = 0; code <= 0x10_ffff; code += 1) {
    const letter = code >= 0xd800 && code <= 0xdfff ? '' : String.fromCodePoint(code);
    // Compatibility ideographs and the like are the same character twice; U+1F71 is ά in another place.
    if (/^\p{L}$/u.test(letter) && letter.normalize('NFC') === letter)
      spellings.set(foldCase(letter), [...(spellings.get(foldCase(letter)) ?? []), letter]);
  }
  const joined = [...spellings.values()].filter((letters) => letters.length > 1);
  const isOneLetter = (letters: readonly string[]) =>
    new Set(letters.map((letter) => letter.toUpperCase())).size === 1 ||
    new Set(letters.map((letter) => letter.toLowerCase())).size === 1;

  expect(joined.length).toBeGreaterThan(1_000);
  expect(joined.filter((letters) => !isOneLetter(letters))).toEqual([]);
  expect(['\u212a', '\u0130', '\u0131', '\u017f'].map(foldCase)).toEqual(['\u212a', '\u0130', '\u0131', '\u017f']);
});

test('the canonical spelling of an identity is its own', () => {
  fc.assert(
    fc.property(anyText(), fc.constantFrom('', '@'), (text, at) => {
      const canonical = canonicalIdentity(text + at);
      expect(canonicalIdentity(canonical)).toBe(canonical);
    }),
  );
});

test.each([
  ['  ann@example.com\t00u1\n', ['ann@example.com', '00u1']],
  ['ann@example.com\u00a000u1', ['ann@example.com', '00u1']],
  ['ann\u2800lee\u3164x\uffa0y', ['ann', 'lee', 'x', 'y']],
  ['john.\u200bdoe@example.com\u200b', ['john.doe@example.com']],
  ['\u202ejohn\u00ad.doe@example.com\ufeff', ['john.doe@example.com']],
  ['\u200b \u3164', []],
])('the owner %j is %j: what shows as a space separates, and what does not show is left out', (owner, identities) => {
  expect(parseOwner(owner)).toEqual(identities);
});

test.each(['ann lee', 'ann\u2800lee', 'ann\u3164lee', 'ann\u200blee', 'ann\u202elee', 'ann\u0000', '\ud800', ''])(
  '%j is no identity that a report may name',
  (text) => {
    expect(identityPattern.test(text)).toBe(false);
  },
);

test('groups are composed, and compared with regard to case', () => {
  expect(isInGroup({ group: decomposed('Köln') }, 'Köln')).toBe(true);
  expect(isInGroup({ group: 'Sales' }, 'sales')).toBe(false);
  expect(isInGroup({}, '')).toBe(false);
});
