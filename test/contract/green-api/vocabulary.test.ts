import { startGreenApi } from '../../../emulators/green-api/emulator.ts';
import { createParseApiUrl } from '../../../functions/green-api/api-url.ts';
import { parseInstanceId } from '../../../functions/green-api/instance-id.ts';
import { parseLogoutAnswer, parseStateAnswer } from '../../../functions/green-api/responses.ts';
import {
  failures,
  idForm,
  idPattern,
  phrases,
  stateClassOf,
  states,
  statuses,
} from '../../../functions/green-api/vocabulary.ts';
import { call } from '../../support/green-api-call.ts';
import { readPage, sectionOf, tableRowsOf } from '../../support/markdown.ts';

const page = 'docs/green-api.md';

/** The rows of the table under a heading, without header and separator. */
const rowsUnder = (heading: string): readonly (readonly string[])[] => tableRowsOf(sectionOf(page, heading)).slice(2);

/** The values in a cell that stand in code quotes. */
const quoted = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, value = '']) => value);

const documentedStates = rowsUnder('State').map(([state = '', cell = '']) => [state, quoted(cell)[0]] as const);

test('the page has each state of the table with its class, and the default', () => {
  const table = Object.entries(states).map(([state, stateClass]) => [`\`${state}\``, stateClass]);

  expect(documentedStates).toEqual([...table, ['`null`', 'unknown'], ['any other word', 'unknown']]);
});

test.each([null, 'someNewState', 'AUTHORIZED', 'notauthorized', 'toString', '__proto__', ''])(
  'the state %p is unknown',
  (stateInstance) => {
    expect(stateClassOf(stateInstance)).toBe('unknown');
  },
);

test.each(['some_new-State2', 'someNewState'])('a new word is read as it is: %s', (stateInstance) => {
  expect(parseStateAnswer(200, JSON.stringify({ stateInstance }))).toEqual({ kind: 'state', stateInstance });
});

const documentedErrors = rowsUnder('Errors').flatMap(([http = '', texts = '', kind = '', duration = '']) =>
  http
    .split(', ')
    .map(Number)
    .filter((status) => !Number.isNaN(status))
    .flatMap((status) =>
      [...quoted(texts), 'a new text', '<html><h1>Error</h1></html>']
        // A text that nobody knows has the meaning of its row only where no other row has the same status.
        .filter((text) => quoted(texts).includes(text) || (status !== 200 && status !== 400))
        .map((text) => [status, text, quoted(kind)[0], duration] as const),
    ),
);

test.each(documentedErrors)('HTTP %i with %p is read as %s, which is %s', (status, text, kind, duration) => {
  const read = parseLogoutAnswer(status, text);

  expect([read.kind, failures[read.kind as keyof typeof failures]]).toEqual([kind, duration]);
});

test('the page has each error of the table', () => {
  const documented = rowsUnder('Errors').flatMap(([, , kind]) => quoted(kind));

  expect([...new Set(documented)].toSorted()).toEqual(Object.keys(failures).toSorted());
});

const errorRows = rowsUnder('Errors').map(([http = '', texts = '', kind = '']) => ({
  statuses: http.split(', '),
  texts: quoted(texts),
  kind: quoted(kind)[0],
}));

/** What the phrases in a text mean, each once. */
const meaningsOf = (text: string): readonly string[] => [
  ...new Set(Object.entries(phrases).flatMap(([phrase, kind]) => (text.toLowerCase().includes(phrase) ? [kind] : []))),
];

test('the page has each phrase of the table, in a row that is read as the table says', () => {
  const documented = (phrase: string, kind: string) =>
    errorRows.some((row) => row.kind === kind && row.texts.some((text) => text.toLowerCase().includes(phrase)));

  expect(Object.entries(phrases).filter(([phrase, kind]) => !documented(phrase, kind))).toEqual([]);
});

test('the table has each text of the page that says more than its status, and reads no text as another row', () => {
  const wrong = errorRows.flatMap(({ statuses: [status = ''], texts, kind }) => {
    const isDecidedByText = (status === '400' && kind !== 'request-refused') || status === 'any 4xx';
    return texts.filter((text) => {
      const meanings = meaningsOf(text);
      return meanings.some((meaning) => meaning !== kind) || (isDecidedByText && meanings.length === 0);
    });
  });

  expect(wrong).toEqual([]);
});

test('the page has each status of the table, and no other between 401 and 499', () => {
  const documented = errorRows.flatMap((row) =>
    row.statuses.filter((status) => /^4(?!00)\d\d$/.test(status)).map((status) => [status, row.kind]),
  );

  expect(documented.toSorted()).toEqual(Object.entries(statuses).toSorted());
});

const phrased = documentedErrors.filter(([status, text]) => status === 400 && text !== 'bad request data');

test.each(phrased.filter(([, , kind]) => kind !== 'request-refused'))(
  'the text decides before the status, wherever it stands: HTTP %i with %p',
  (_, text, kind) => {
    const json = JSON.stringify({ statusCode: 400, message: text });
    const page = `<html><h1>400 Bad Request</h1>${text.toUpperCase()}</html>`;
    const read = [200, 400, 401, 403, 404, 422].flatMap((status) =>
      [text, json, page].map((each) => parseLogoutAnswer(status, each).kind),
    );

    expect(new Set(read)).toEqual(new Set([kind]));
  },
);

test.each([
  'Attention Required! | Cloudflare',
  '<title>Just a moment...</title> cdn-cgi/challenge-platform cloudflare',
  'DDoS-Guard',
  'please solve the CAPTCHA',
])('a page of a proxy blames neither the token nor the instance: %p', (text) => {
  expect([400, 401, 403, 404].map((status) => failures[parseLogoutAnswer(status, text).kind as 'unavailable'])).toEqual(
    Array(4).fill('passing'),
  );
});

test.each([
  [403, 'wrong-instance-or-host'],
  [429, 'rate-limited'],
  [466, 'quota-exceeded'],
  [500, 'unavailable'],
])('code %i in the body of a 200 is read as that status: %s', (code, kind) => {
  const { kind: read } = parseLogoutAnswer(200, JSON.stringify({ code, description: 'a new text', isLogout: true }));

  expect(read).toBe(kind);
});

test.each([400, 402, 405, 418, 451])('HTTP %i with a text that nobody knows is lasting, and no success', (status) => {
  expect(parseLogoutAnswer(status, 'a new text').kind).toBe('request-refused');
});

const documentedForms = quoted(rowsUnder('Addresses and ids').flat().join(' '));

test.each(documentedForms.filter((form) => form.startsWith('https:')))('the host of %s is allowed', (apiUrl) => {
  expect(createParseApiUrl([])(apiUrl)).toBe(apiUrl);
});

const documentedIds = documentedForms.filter((form) => /^\d+$/.test(form));
const longestId = '18446744073709551615';

test('the page has an id of 10 and one of 12 digits, and says how long one may be', () => {
  expect(documentedIds.map(({ length }) => length)).toEqual([10, 12]);
  expect(sectionOf(page, 'Addresses and ids')).toContain(idForm);
});

test.each([...documentedIds, '1', longestId, '99999999999999999999', '0001101000001'])(
  'the service and the emulator accept the id %s',
  async (idInstance) => {
    await using greenApi = await startGreenApi({ instances: [{ idInstance, apiTokenInstance: 'token' }] });

    expect(parseInstanceId(idInstance)).toBe(idInstance);
    expect(await call(`${greenApi.apiUrl}/waInstance${idInstance}/logout/token`)).toMatchObject({ status: 200 });
  },
);

test.each(['', `${longestId}1`, 'abc', '410012345678-old'])(
  'the service and the emulator refuse the id %p',
  async (idInstance) => {
    await using greenApi = await startGreenApi();

    expect(parseInstanceId(idInstance)).toBeUndefined();
    expect(await call(`${greenApi.apiUrl}/waInstance${idInstance}/logout/token`)).toMatchObject({ status: 404 });
  },
);

test('the form of an id in openapi.yaml is that of the table', () => {
  expect(readPage('openapi.yaml')).toContain(
    `    InstanceId:\n      type: string\n      pattern: ${idPattern.source}\n`,
  );
});

test.each(Object.keys(states))('the emulator keeps the state %s through a logout', async (stateInstance) => {
  const idInstance = '410012345678';
  await using greenApi = await startGreenApi({
    instances: [{ idInstance, apiTokenInstance: 'token', stateInstance, survivesLogout: true, logoutDelayMs: 0 }],
  });
  const path = `${greenApi.apiUrl}/waInstance${idInstance}`;

  expect(await call(`${path}/logout/token`)).toMatchObject({ status: 200 });
  const { status, body } = await call(`${path}/getStateInstance/token`);

  expect(parseStateAnswer(status, body)).toEqual({ kind: 'state', stateInstance });
});
