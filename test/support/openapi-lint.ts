import { join } from 'node:path';
import { bundle, createConfig, lint } from '@redocly/openapi-core';

// A process of its own, for the linter is an ES module that jest cannot load: prints what is wrong with the document,
// and the document with every reference resolved.
const ref = join(import.meta.dirname, '..', '..', 'openapi.yaml');
// A test of its own has the rule, with the one exception that there is.
const config = await createConfig({ extends: ['recommended'], rules: { 'operation-2xx-response': 'off' } });
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
