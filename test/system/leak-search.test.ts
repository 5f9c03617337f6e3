import { inspect } from 'node:util';
import { DescribeSecretCommand, type DescribeSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { composeLogout, createLogoutHandler } from '../../functions/logout.ts';
import { contextOf, httpEventOf } from '../support/http-event.ts';
import { idInstance, markerToken } from '../support/logout-setup.ts';
import { createClient } from '../support/secrets-manager-client.ts';
import { bundleOf } from '../support/system/bundle-of.ts';
import { type FaultSetup, markerContact, startFaultSetup } from '../support/system/fault-setup.ts';
import { runOnLambda } from '../support/system/lambda-runs.ts';
import { reason } from '../support/system/requests.ts';
import { driveRotations } from '../support/system/rotations.ts';
import { createTokenSearch, encodings } from '../support/system/token-search.ts';

// The fault matrix searches what its own cells leave.

const findToken = createTokenSearch(markerToken);

/** An unexpected error that quotes the URL, as does its cause. */
const driveUnexpected = async ({ variables, write }: FaultSetup) => {
  const url = `https://api.green-api.com/waInstance${idInstance}/logout/${markerToken}`;
  const logOut = () => Promise.reject(new TypeError(`cannot GET ${url}\n    at ${url}`, { cause: new Error(url) }));
  const handler = createLogoutHandler({ ...composeLogout(variables, write), logOut });
  return handler(httpEventOf({ pathParameters: { idInstance }, body: JSON.stringify({ reason }) }), contextOf());
};

/** A function that may throw: nobody is there whom it could answer. */
const driveThrowing = async ({ functions }: FaultSetup) => {
  const variables = { AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1' };
  const target = { instances: [idInstance] };
  const input = { schedule: 'nightly', scheduledTime: '2026-11-30T17:00:00Z', target, reason };
  return functions.call(bundleOf('schedule'), input, { variables });
};

/** Everything that leaves, by the way it goes, as one text each. */
let exits: Readonly<Record<string, string>>;

/** The tags of an instance. */
let tags: DescribeSecretCommandOutput['Tags'];

/** The tokens that rotations have made, those included that only GREEN-API knows. */
let newTokens: readonly string[] = [];

beforeAll(async () => {
  await using setup = await startFaultSetup();
  const unexpected = await driveUnexpected(setup);
  const thrown = await driveThrowing(setup);
  const rotations = await driveRotations(setup);
  const lambda = await runOnLambda(setup);
  newTokens = setup.newTokens();
  using client = createClient(setup.secretsManager.url);
  ({ Tags: tags } = await client.send(new DescribeSecretCommand({ SecretId: `green-api/${setup.addInstance()}` })));
  await setup.functions.end();
  const all = (value: unknown) => inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null });
  exits = {
    'responses of functions': all([unexpected, rotations]),
    'stdout and stderr, evidence and metrics in it': [...setup.output(), ...lambda.output].join('\n'),
    'errors thrown, and their causes': all(thrown),
    'outcome events': all(setup.events),
    'runs as the API shows them': all(lambda.answers),
    'executions and how they ended': all(lambda.executions),
    'execution history': all(lambda.histories),
    checkpoints: lambda.journals.join('\n'),
    'dead letters': all(lambda.letters),
  };
  expect(lambda.exits).toContain('signal: SIGKILL');
});

/** The name of a person, or the digits of their phone as a number of their own. */
const contact = new RegExp(`${markerContact.name.replace(' ', '|')}|(?<!\\d)${markerContact.phone}(?!\\d)`, 'i');

test.each([
  'responses of functions',
  'stdout and stderr, evidence and metrics in it',
  'errors thrown, and their causes',
  'outcome events',
  'runs as the API shows them',
  'executions and how they ended',
  'execution history',
  'checkpoints',
  'dead letters',
])('no token, no name and no phone number in %s', (exit) => {
  const text = exits[exit] ?? 'nothing was kept';

  expect(findToken(text)).toEqual([]);
  expect(newTokens.flatMap((token) => createTokenSearch(token)(text))).toEqual([]);
  expect(contact.exec(text)?.[0]).toBeUndefined();
});

test.each(Object.entries(markerContact))('the secrets had the tag %s, and the search would find it', (Key, Value) => {
  expect(tags).toContainEqual({ Key, Value });
  expect(contact.exec(JSON.stringify({ Key, Value }))?.[0]).toBeDefined();
});

test('tokens were rotated after logouts, by Secrets Manager and in a run, and some were lost', () => {
  // Four of the six faults change it, in each of three ways.
  expect(newTokens.length).toBeGreaterThanOrEqual(12);
  for (const kind of ['rotated', 'not-rotated', 'token-lost'])
    expect(exits['stdout and stderr, evidence and metrics in it']).toContain(`"kind":"${kind}"`);
  expect(exits['responses of functions']).toContain('TokensNotRotated');
});

test.each([
  ['stdout and stderr, evidence and metrics in it', reason],
  ['stdout and stderr, evidence and metrics in it', '"timeToLogoutMs"'],
  ['stdout and stderr, evidence and metrics in it', 'unexpected error'],
  ['responses of functions', 'internal-error'],
  ['errors thrown, and their causes', 'RunNotStarted'],
  ['outcome events', reason],
  ['runs as the API shows them', reason],
  ['executions and how they ended', 'NotAllConfirmed'],
  ['execution history', 'Sandbox.Timedout'],
  ['execution history', 'SIGKILL'],
  ['checkpoints', reason],
  ['dead letters', reason],
])('the recorded %s contain %s, so there was something to search', (exit, word) => {
  expect(exits[exit]).toContain(word);
});

test.each(encodings)('the search finds a token that is leaked deliberately: $name', ({ name, encode }) => {
  expect(findToken(`{"url":"/waInstance1101000001/logout/${encode(markerToken)}"}`)).toContain(name);
  expect(findToken(encode(markerToken).toUpperCase()).length).toBe(name.startsWith('base64') ? 0 : 1);
});

test('the search finds a token in base64 and hex at any position, also when it is cut', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.integer({ min: 20, max: 50 }), (before, after, length) => {
      const text = before + markerToken.slice(0, length) + after;
      const bytes = Buffer.from(text);

      expect(findToken(text)).toContain('plain');
      expect(findToken(bytes.toString('hex'))).toContain('hex');
      expect(findToken(bytes.toString('base64')).length).toBeGreaterThan(0);
      expect(findToken(bytes.toString('base64url')).length).toBeGreaterThan(0);
    }),
  );
});

test('the search reports no leak where there is none', () => {
  expect(findToken('f00dface 7103 api.green-api.com isLogout')).toEqual([]);
});
