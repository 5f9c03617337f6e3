import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const projectRoot = join(__dirname, '..', '..');

/** Every page for people, by its path in a folder: the project or an unpacked package. */
export const pagesIn = (folder: string): readonly string[] =>
  ['.', 'docs', 'emulators', 'examples', '.github']
    .filter((part) => existsSync(join(folder, part)))
    .flatMap((part) =>
      readdirSync(join(folder, part), { recursive: part !== '.', encoding: 'utf8' }).map((file) => join(part, file)),
    )
    .filter((file) => file.endsWith('.md'))
    .sort();

export const pages: readonly string[] = pagesIn(projectRoot);

export const readPage = (page: string, folder = projectRoot): string => readFileSync(join(folder, page), 'utf8');

export type Fence = { readonly language: string; readonly text: string; readonly line: number };

/** The code blocks of a page, in lists too, without their indentation. */
export const fencesOf = (markdown: string): readonly Fence[] =>
  [...markdown.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map(
    ({ 1: indent = '', 2: language = '', 3: text = '', index }) => ({
      language,
      text: text.replace(new RegExp(`^${indent}`, 'gm'), ''),
      line: markdown.slice(0, index).split('\n').length,
    }),
  );

const withoutFences = (markdown: string): string => markdown.replace(/^( *)```[\s\S]*?^\1```$/gm, '');

/** The targets of links and images, as they are written. */
const linksOf = (markdown: string): readonly string[] =>
  [
    ...withoutFences(markdown)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(({ 1: target = '' }) => target);

/** The anchors that GitHub makes of the headings. */
const anchorsOf = (markdown: string): ReadonlySet<string> =>
  new Set(
    [...withoutFences(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(({ 1: heading = '' }) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

const problemOfLink = (page: string, link: string, folder: string): string | undefined => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (target.startsWith('..') || !existsSync(join(folder, target))) return `${page}: ${link} names no file`;
  if (anchor === undefined) return undefined;
  return anchorsOf(readPage(target, folder)).has(anchor) ? undefined : `${page}: ${link} names no heading`;
};

/** The links of a page, except web addresses, that lead to no file of the folder or to no heading. */
export const deadLinksOf = (page: string, folder = projectRoot): readonly string[] =>
  linksOf(readPage(page, folder))
    .filter((link) => !/^[a-z]+:/.test(link))
    .flatMap((link) => problemOfLink(page, link, folder) ?? []);

/** The sentences of a page outside tables, code blocks and headings. A block of code in a line counts as one word. */
export const sentencesOf = (markdown: string): readonly string[] =>
  withoutFences(markdown)
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/^(?:\||#{1,6} ).*$/gm, '\n')
    .replace(/`[^`\n]*`/g, 'code')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split(/\n\s*\n|^\s*(?:[*-]|\d+\.) /m)
    .flatMap((paragraph) => paragraph.split(/(?<=[.?!])["*)]*\s+/))
    .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
    .filter(Boolean);

/** The fields in the first column of the table whose header begins with `field`. */
export const documentedFields = (page: string): readonly string[] => {
  const [, rows = ''] = /^\| field[^\n]*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(readPage(page)) ?? [];
  return [...rows.matchAll(/^\| ([^|]+)/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, field = '']) => field),
  );
};

/** The section of a page under a heading of the second level. */
export const sectionOf = (page: string, heading: string): string =>
  readPage(page)
    .split(/^## /m)
    .find((text) => text.startsWith(heading)) ?? '';

/** The rows of the tables in a text, header and separator included. */
export const tableRowsOf = (section: string): readonly (readonly string[])[] =>
  [...section.matchAll(/^\|(.+)\|$/gm)].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));

/** The rows that have more or fewer cells than their table's header. GitHub ends a cell at each bar, in code too, unless it is escaped. */
export const unevenRowsOf = (markdown: string): readonly string[] =>
  [...withoutFences(markdown).matchAll(/^(?: *\|.*\n)+/gm)].flatMap(([table]) => {
    const rows = table.trimEnd().split('\n');
    const barsIn = (row = ''): number => row.match(/(?<!\\)\|/g)?.length ?? 0;
    return rows.filter((row) => barsIn(row) !== barsIn(rows[0]));
  });
