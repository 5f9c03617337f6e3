import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { everything, resourcesIn, synthesize } from '../support/synthesize.ts';

const synthesized = synthesize({
  ...everything,
  identityProviders: {
    hr: { kind: 'webhook', tokenSha256: ['a'.repeat(64)] },
    entra: { kind: 'scim', tokenSha256: ['b'.repeat(64)], quietAfterHours: 6 },
  },
});
afterAll(() => rmSync(synthesized.folder, { recursive: true }));

const runbook = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
const sections = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase());

const alarms = Object.values(resourcesIn(synthesized, 'AWS::CloudWatch::Alarm')).map(
  ({ AlarmDescription }) => AlarmDescription.split('#')[1] as string,
);

test.each(alarms)('the runbook has a section for the alarm %s', (section) => {
  expect(sections).toContain(section);
});

test('the runbook has a section for no other alarm', () => {
  const [, list = ''] = /^## Alarms$(.*?)^## /ms.exec(runbook) ?? [];
  const documented = [...list.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);

  expect(documented.length).toBeGreaterThan(40);
  expect(documented.filter((heading) => !alarms.includes(heading as string))).toEqual([]);
});
