import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurations, propertiesOfEach, synthesize } from '../support/synthesize.ts';

const synthesized = synthesize(configurations.everyEntrance);

const runbook = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
const sections = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase());

const alarms = propertiesOfEach(synthesized, 'AWS::CloudWatch::Alarm').map(
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
