import { createLog } from '../../../functions/platform/log.ts';

test('a record of any content is one line of JSON', () => {
  const lines: string[] = [];
  const reason = 'a\u2028b\u2029c\u202Ed\u0085e\u{E0001}f ☎';

  createLog((line) => lines.push(line))('WARN', 'seen', { reason });

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^\{"timestamp":"2[^"]*Z","level":"WARN","message":"seen","reason":"[\u0020-\u007e☎]*"\}\n$/u,
  );
  expect(JSON.parse(lines[0] ?? '').reason).toBe(reason);
});
