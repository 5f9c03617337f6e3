import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents, withDefaults } from './documented-defaults.ts';

/** `npm run docs:settings` */
for (const document of documents) {
  const path = join(import.meta.dirname, '..', '..', document.file);
  writeFileSync(path, withDefaults(document, readFileSync(path, 'utf8')));
}
