import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UsageError } from '../errors.ts';
import { type EvidenceSource, linesOf } from './evidence-source.ts';

const notRead = (file: string): UsageError =>
  new UsageError(
    `${file} cannot be read. Name a file or a folder of evidence with --file. The local service prints the path of its own when it starts.`,
  );

/** The files in a folder, such as a copy of the vault; or the file itself. */
const filesAt = async (path: string): Promise<readonly string[]> => {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort();
};

/** Two bytes say that a file is compressed (https://www.rfc-editor.org/rfc/rfc1952#page-5), whatever its name. */
const isGzip = async (file: string): Promise<boolean> => {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.equals(Buffer.from([0x1f, 0x8b]));
  } finally {
    await handle.close();
  }
};

const openFile = async (file: string): Promise<Readable> => {
  const bytes = createReadStream(file);
  // An error of either stream ends the reading of its lines.
  return (await isGzip(file)) ? pipeline(bytes, createGunzip(), () => {}) : bytes;
};

/** Reads files of JSON lines, compressed or not, or every file in a folder. @throws UsageError */
export const evidenceFile = (path: string): EvidenceSource => ({
  path,
  lines: async function* () {
    try {
      for (const file of await filesAt(path)) yield* linesOf(await openFile(file));
    } catch {
      throw notRead(path);
    }
  },
  describe: async () =>
    `Read from ${path}: nothing verifies that it is complete or unaltered. For proof, read the vault itself with --vault.`,
});
