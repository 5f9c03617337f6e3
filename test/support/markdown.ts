import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const projectRoot = join(__dirname, '..', '..');

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));

/** Every page for people, by its path in the project. */
export const pages: readonly string[] = [...readdirSync(projectRoot), ...filesIn('docs'), ...filesIn('.github')]
  .filter((file) => file.endsWith('.md'))
  .sort();

export const readPage = (page: string): string => readFileSync(join(projectRoot, page), 'utf8');

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
export const linksOf = (markdown: string): readonly string[] =>
  [
    ...withoutFences(markdown)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(({ 1: target = '' }) => target);

/** The anchors that GitHub makes of the headings. */
export const anchorsOf = (markdown: string): ReadonlySet<string> =>
  new Set(
    [...withoutFences(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(({ 1: heading = '' }) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

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
