import { matchesPattern } from '../../emulators/eventbridge/event-pattern.ts';
import { logoutText } from '../../functions/logout/sentence.ts';
import { fencesOf, readPage } from '../support/markdown.ts';

const [pattern, ...targets] = fencesOf(readPage('docs/notifications.md')).flatMap(({ language, text }) =>
  language === 'json' ? [JSON.parse(text)] : [],
);
const { $or: alternatives, ...always } = pattern;

/** EventBridge takes an event if one of the alternatives matches. */
const isTaken = (event: object): boolean =>
  alternatives.some((alternative: object) => matchesPattern({ ...always, ...alternative }, event));

const eventOf = (detailType: string, detail: object) => ({
  source: 'green-api-logout',
  'detail-type': detailType,
  detail,
});
const endedAs = (status: string, loggedOut: number, dryRun = false) =>
  eventOf('Logout Run Ended', { status, dryRun, progress: { loggedOut } });

test.each([
  ['a run that logged somebody out', endedAs('SUCCEEDED', 2), true],
  ['a run that failed', endedAs('FAILED', 0), true],
  ['a run that was stopped', endedAs('STOPPED', 0), true],
  ['a drill that failed', endedAs('FAILED', 0, true), true],
  ['a drill that succeeded', endedAs('SUCCEEDED', 1, true), false],
  ['a run that had nobody to log out', endedAs('SUCCEEDED', 0), false],
  ['a failed single logout', eventOf('Instance Logout Failed', { function: 'logout' }), true],
  ['a failed logout of a run', eventOf('Instance Logout Failed', { function: 'run' }), false],
  ['an instance that was linked again', eventOf('Instance Linked Again', { function: 'watch' }), true],
  ['a confirmed single logout', eventOf('Instance Logged Out', { function: 'logout' }), false],
  ['an event of another source', { ...endedAs('FAILED', 0), source: 'com.example.hr' }, false],
])('whether the documented rule takes %s', (_name, event, taken) => {
  expect(isTaken(event)).toBe(taken);
});

test('the documented templates make a text, and a message of the form that chats need, of a sentence with hostile parts', () => {
  const outcome = { kind: 'logged-out', confirmed: true } as const;
  const text = logoutText({ idInstance: '1101000001', owner: '"\\<!here>' }, outcome, 'a "b"\\\n<c>');
  const made = targets.map(({ Targets: [{ InputTransformer }] }) => {
    const { InputPathsMap, InputTemplate } = InputTransformer;
    expect(InputPathsMap).toEqual({ text: '$.detail.text' });
    // Inside quotation marks EventBridge puts the text in as it is; as a whole value of an object it adds them.
    return JSON.parse(InputTemplate.replace(/"?<text>"?/, () => `"${text}"`));
  });

  expect(made).toEqual([
    text,
    {
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown', title: 'GREEN-API logout', description: text },
    },
  ]);
});
