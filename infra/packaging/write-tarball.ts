import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const blockBytes = 512;
/** 26 October 1985, as npm writes it, in seconds since 1970. */
const modifiedAt = 499_162_500;

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;

/** The ustar header of a file: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
const headerOf = (path: string, mode: number, size: number): Buffer => {
  if (Buffer.byteLength(path) > 100) throw new Error(`The path ${path} is too long for the package`);
  const header = Buffer.alloc(blockBytes);
  header.write(path, 0);
  header.write(octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(modifiedAt, 12), 100);
  header.write('        0', 148);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(octal(sum, 7), 148);
  return header;
};

/**
 * Writes the files below a folder as a tarball, as `npm pack` would. The same contents give the same bytes, whoever builds them
 * when and where: lock files have the checksum.
 *
 * @param executables paths in the folder
 */
export const writeTarball = (file: string, folder: string, executables: readonly string[]): void => {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  const entries = paths.flatMap((path) => {
    const content = readFileSync(join(folder, path));
    const header = headerOf(`package/${path}`, executables.includes(path) ? 0o755 : 0o644, content.length);
    return [header, content, Buffer.alloc(-content.length & (blockBytes - 1))];
  });
  const archive = gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * blockBytes)]), { level: 9 });
  // zlib writes the operating system here.
  archive[9] = 255;
  writeFileSync(file, archive);
};
