/** UTF-16 without a byte order mark: every second byte of Latin letters, digits and separators is zero. */
const utf16Without = (bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  const start = bytes.subarray(0, 64);
  const zeros = (parity: number) => start.filter((byte, index) => index % 2 === parity && byte === 0).length;
  if (zeros(1) > start.length / 4) return 'utf-16le';
  return zeros(0) > start.length / 4 ? 'utf-16be' : undefined;
};

const encodingOf = (bytes: Uint8Array): string => {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return utf16Without(bytes) ?? 'utf-8';
};

/**
 * The text of a file as spreadsheets save one: UTF-8, UTF-16 with or without a byte order mark, or else Windows-1252, which
 * older ones still use. A byte order mark is left out.
 */
export const decodeText = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
};
