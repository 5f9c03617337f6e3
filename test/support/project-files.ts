import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** The files under a folder of the project whose names match, by their paths in the project. */
export const filesUnder = (folder: string, names = /\.tsx?$/): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => names.test(file) && !file.includes('node_modules'))
    .map((file) => join(folder, file));

const notOurs = new Set(['node_modules', 'dist', 'cdk.out', 'coverage']);

/** Every file of the project whose name matches, without hidden folders and what a build leaves behind. */
export const projectFiles = (names: RegExp): readonly string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !notOurs.has(name))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(entry.name, names) : [entry.name]))
    .filter((file) => names.test(file));

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');
