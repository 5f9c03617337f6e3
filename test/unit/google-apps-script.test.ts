import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { startProviders, tokens } from '../support/identity-providers.ts';

const page = readFileSync(join(__dirname, '../../docs/connect/google-workspace.md'), 'utf8');
const [, script = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];

type User = { readonly id: string; readonly primaryEmail: string };

type Directory = { readonly archived: User[]; readonly suspended: User[]; readonly deleted: User[] };

/** https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list */
type ListOptions = { readonly query?: string; readonly showDeleted?: string; readonly pageToken?: string };

const usersIn = ({ archived, suspended, deleted }: Directory, { query, showDeleted }: ListOptions): readonly User[] => {
  if (query === 'isArchived=true') return archived;
  if (query === 'isSuspended=true') return suspended;
  if (query === undefined && showDeleted === 'true') return deleted;
  throw new Error(`the query ${query} is not emulated`);
};

/** The posts of the script, in order. */
type Post = Readonly<Record<string, unknown>>;

/** The script of the page, with the services of Apps Script that it uses. */
const startWorkspace = () => {
  const properties = new Map(Object.entries({ ENDPOINT: 'https://api.example.com', TOKEN: tokens.hr }));
  const directory: Directory = { archived: [], suspended: [], deleted: [] };
  const posts: Post[] = [];
  const triggers: string[] = [];
  let status: number | undefined;
  /** Called before the service gets a post. */
  let onPost = (_post: Post): void => {};
  let onSave = (_name: string): void => {};
  const store = {
    getProperty: (name: string) => properties.get(name) ?? null,
    setProperty: (name: string, value: string) => {
      // https://developers.google.com/apps-script/guides/services/quotas
      if (value.length > 9_000) throw new Error('Argument too large');
      onSave(name);
      properties.set(name, value);
    },
    deleteProperty: (name: string) => properties.delete(name),
    getProperties: () => Object.fromEntries(properties),
  };
  const context = createContext({
    PropertiesService: { getScriptProperties: () => store },
    LockService: { getScriptLock: () => ({ tryLock: () => true, releaseLock: () => {} }) },
    ScriptApp: {
      getProjectTriggers: () => [],
      deleteTrigger: () => {},
      newTrigger: (name: string) => ({
        timeBased: () => ({
          everyMinutes: (minutes: number) => ({ create: () => triggers.push(`${name} ${minutes}`) }),
        }),
      }),
    },
    AdminDirectory: {
      Users: {
        list: ({ pageToken = '0', ...options }: ListOptions) => {
          const users = usersIn(directory, options);
          const start = Number(pageToken);
          const next = start + 2 < users.length ? { nextPageToken: String(start + 2) } : {};
          return users.length === 0 ? {} : { users: users.slice(start, start + 2), ...next };
        },
      },
    },
    UrlFetchApp: {
      fetch: (url: string, { headers, payload }: { headers: Record<string, string>; payload: string }) => {
        expect([url, headers.Authorization]).toEqual(['https://api.example.com/offboarding', `Bearer ${tokens.hr}`]);
        const post = JSON.parse(payload);
        posts.push(post);
        onPost(post);
        return { getResponseCode: () => status ?? ('heartbeat' in post ? 204 : 202) };
      },
    },
  });
  runInContext(script, context);
  return {
    directory,
    triggers,
    /** @param code of every answer; without it the service accepts every post */
    answerWith: (code?: number) => {
      status = code;
    },
    beforePost: (hook: typeof onPost) => {
      onPost = hook;
    },
    beforeSave: (hook: typeof onSave) => {
      onSave = hook;
    },
    call: (name: 'install' | 'rememberEverybody' | 'reportLeavers') => runInContext(`${name}()`, context) as unknown,
    /** The posts since the last call, without heartbeats. */
    leavers: () => posts.splice(0).filter((post) => !('heartbeat' in post)),
    posts,
  };
};

const user = (id: number): User => ({ id: `10769150034706785710${id}`, primaryEmail: `person${id}@example.com` });

test('a user who left before the installation is not reported', () => {
  const workspace = startWorkspace();
  workspace.directory.suspended.push(user(1));
  workspace.call('rememberEverybody');
  workspace.call('install');

  workspace.call('reportLeavers');

  expect(workspace.triggers).toEqual(['reportLeavers 5']);
  expect(workspace.leavers()).toEqual([]);
});

test('every archived, suspended or deleted user of all pages is reported once, and the service accepts the report', async () => {
  const workspace = startWorkspace();
  workspace.directory.suspended.push(user(1), user(2), user(3));
  workspace.directory.deleted.push(user(4));
  workspace.directory.archived.push(user(5), user(6), user(7));

  workspace.call('reportLeavers');
  workspace.call('reportLeavers');

  const leavers = workspace.leavers();
  expect(leavers.map(({ email, reason }) => `${email} ${reason}`)).toEqual([
    'person5@example.com archived in Google Workspace',
    'person6@example.com archived in Google Workspace',
    'person7@example.com archived in Google Workspace',
    'person1@example.com suspended in Google Workspace',
    'person2@example.com suspended in Google Workspace',
    'person3@example.com suspended in Google Workspace',
    'person4@example.com deleted in Google Workspace',
  ]);
  const providers = startProviders();
  for (const body of leavers)
    expect(
      await providers.webhook('POST', '/offboarding', {
        headers: { authorization: `Bearer ${tokens.hr}` },
        body: JSON.stringify(body),
      }),
    ).toMatchObject({ status: 202 });
  expect(providers.runs()).toHaveLength(7);
});

test('a user who is archived after a suspension, or is in two lists, is reported once', () => {
  const workspace = startWorkspace();
  workspace.directory.suspended.push(user(1), user(2));
  workspace.directory.archived.push(user(2));
  workspace.call('reportLeavers');
  workspace.directory.archived.push(...workspace.directory.suspended.splice(0, 1));
  workspace.call('reportLeavers');

  expect(workspace.leavers().map(({ email }) => email)).toEqual(['person2@example.com', 'person1@example.com']);
});

test('each run sends a heartbeat that the service accepts', async () => {
  const workspace = startWorkspace();
  workspace.call('reportLeavers');

  expect(workspace.posts).toEqual([{ heartbeat: true }]);
  const headers = { authorization: `Bearer ${tokens.hr}` };
  const body = JSON.stringify(workspace.posts[0]);
  expect(await startProviders().webhook('POST', '/offboarding', { headers, body })).toMatchObject({ status: 204 });
});

test.each([429, 503, 401])(
  'a report that is answered %i fails the execution, and is repeated in the next one',
  (code) => {
    const workspace = startWorkspace();
    workspace.directory.suspended.push(user(1));
    workspace.answerWith(code);

    expect(() => workspace.call('reportLeavers')).toThrow(`HTTP ${code}`);
    workspace.leavers();
    workspace.answerWith();
    workspace.call('reportLeavers');

    expect(workspace.leavers()).toMatchObject([{ email: 'person1@example.com' }]);
  },
);

/** Waits until the clock shows another millisecond, so that an id made now is another one. */
const waitForAnotherInstant = () => {
  const before = Date.now();
  while (Date.now() === before);
};

// https://developers.google.com/apps-script/reference/url-fetch/url-fetch-app: muteHttpExceptions is about answers alone.
test('a post without an answer stops no other one, and is repeated with the same id', () => {
  const workspace = startWorkspace();
  workspace.directory.suspended.push(user(1), user(2), user(3));
  workspace.beforePost(({ email }) => {
    if (email === 'person2@example.com') throw new Error('Timeout: https://api.example.com/offboarding');
  });

  expect(() => workspace.call('reportLeavers')).toThrow(
    'Not accepted: 107691500347067857102: Error: Timeout: https://api.example.com/offboarding',
  );
  const first = workspace.leavers();
  workspace.beforePost(() => {});
  waitForAnotherInstant();
  workspace.call('reportLeavers');

  expect(first.map(({ email }) => email)).toEqual([1, 2, 3].map((id) => `person${id}@example.com`));
  expect(workspace.leavers()).toEqual([first[1]]);
  workspace.call('reportLeavers');
  expect(workspace.leavers()).toEqual([]);
});

test('an execution that ends before it saves who was accepted repeats each post with its id', () => {
  const workspace = startWorkspace();
  workspace.directory.suspended.push(user(1), user(2));
  workspace.beforeSave((name) => {
    if (name.startsWith('reported-')) throw new Error('Exceeded maximum execution time');
  });

  expect(() => workspace.call('reportLeavers')).toThrow('Exceeded maximum execution time');
  const first = workspace.leavers();
  workspace.beforeSave(() => {});
  waitForAnotherInstant();
  workspace.call('reportLeavers');

  expect(first).toHaveLength(2);
  expect(workspace.leavers()).toEqual(first);
});

test('a heartbeat without an answer fails the execution, after the leavers are reported', () => {
  const workspace = startWorkspace();
  workspace.directory.suspended.push(user(1));
  workspace.beforePost((post) => {
    if ('heartbeat' in post) throw new Error('DNS error: https://api.example.com/offboarding');
  });

  expect(() => workspace.call('reportLeavers')).toThrow('heartbeat: Error: DNS error');
  workspace.leavers();
  workspace.beforePost(() => {});
  workspace.call('reportLeavers');

  expect(workspace.leavers()).toEqual([]);
});

test('a person who returns and leaves again is reported again, with another id', () => {
  const workspace = startWorkspace();
  workspace.directory.suspended.push(user(1));
  workspace.call('reportLeavers');
  const [first] = workspace.leavers();
  workspace.directory.suspended.pop();
  workspace.call('reportLeavers');
  workspace.directory.suspended.push(user(1));
  waitForAnotherInstant();
  workspace.call('reportLeavers');

  const [second] = workspace.leavers();
  expect([first?.email, second?.email]).toEqual(['person1@example.com', 'person1@example.com']);
  expect(second?.id).not.toBe(first?.id);
});

test('a thousand users fit in the script properties', () => {
  const workspace = startWorkspace();
  workspace.directory.suspended.push(...Array.from({ length: 1_000 }, (_, id) => user(id)));
  workspace.call('rememberEverybody');
  workspace.call('reportLeavers');

  expect(workspace.leavers()).toEqual([]);
});
