import { rmSync } from 'node:fs';
import { anchorsOf, readPage } from '../support/markdown.ts';
import { everything, synthesize } from '../support/synthesize.ts';

const { template, folder } = synthesize({
  ...everything,
  identityProviders: {
    hr: { kind: 'webhook', tokenSha256: ['0'.repeat(64)] },
    entra: { kind: 'scim', tokenSha256: ['1'.repeat(64)], quietAfterHours: 6 },
  },
});

afterAll(() => rmSync(folder, { recursive: true }));

const links = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  ({ Properties }) => /(docs\/[a-z-]+\.md)#([a-z-]+)$/.exec(Properties.AlarmDescription) ?? [],
);

test('every alarm links to a section of the runbook that exists', () => {
  const anchors = anchorsOf(readPage('docs/operations.md'));

  expect(links.length).toBeGreaterThan(40);
  expect(links.map(([, page]) => page)).toEqual(links.map(() => 'docs/operations.md'));
  expect(links.map(([, , section = '']) => section).filter((section) => !anchors.has(section))).toEqual([]);
});

test('every section about an alarm has its alarm', () => {
  const [, alarms = ''] = /^## Alarms$([\s\S]*?)^## /m.exec(readPage('docs/operations.md')) ?? [];
  const sections = [...anchorsOf(alarms)];

  expect(sections.filter((section) => !links.some(([, , linked]) => linked === section))).toEqual([]);
});
