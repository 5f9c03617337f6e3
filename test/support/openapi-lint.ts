import { join } from 'node:path';
import { bundle, createConfig, lint } from '@redocly/openapi-core';

// A process of its own, for the linter is an ES module that jest cannot load: prints what is wrong with the document,
// and the document with every reference resolved.
const ref = join(import.meta.dirname, '..', '..', 'openapi.yaml');
const config = await createConfig({ extends: ['recommended'] });
const problems = await lint({ ref, config });
const { bundle: document } = await bundle({ ref, config, dereference: true });

process.stdout.write(
  JSON.stringify({
    problems: problems.map(({ ruleId, severity, message, location }) => ({
      ruleId,
      severity,
      message,
      at: location.map(({ pointer }) => pointer),
    })),
    document: document.parsed,
  }),
);
