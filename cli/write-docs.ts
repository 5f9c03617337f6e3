import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderDocs } from './render-docs.ts';

/** `npm run docs:cli` */
writeFileSync(join(import.meta.dirname, '..', 'docs', 'cli.md'), renderDocs());
