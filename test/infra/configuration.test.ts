import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readIdentityProviders } from '../../functions/identity-providers/identity-providers.ts';
import { parseVariables, writeVariables } from '../../functions/platform/environment.ts';
import {
  accessSettings,
  offboardingSettings,
  providerSettings,
  readAccess,
} from '../../functions/platform/settings.ts';
import { ConfigurationError, parseConfiguration } from '../../infra/configuration/configuration.ts';
import { readConfiguration } from '../../infra/configuration/configuration-file.ts';
import { valuesOf } from '../../infra/constructs/function-environment.ts';

/** The error of a configuration; `undefined` if it is valid. */
const errorAbout = (configuration: unknown): string | undefined => {
  try {
    parseConfiguration(configuration);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message;
  }
};

/** A part of the error; `…` stands for any text. */
const pattern = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*'));

const nightly = {
  name: 'nightly',
  expression: 'cron(0 22 * * ? *)',
  timeZone: 'Europe/Berlin',
  target: { group: 'night-shift' },
  reason: 'end of shift',
};

const { maxTargetsCeiling } = parseConfiguration().runs;

const jwt = { issuer: 'https://login.example.com/', audience: ['logout'] };

const desk = { issuer: 'https://login.example.com/', clientId: 'desk', allow: { read: 'everybody' } };
const deskRule = (rule: unknown) => ({ desk: { ...desk, allow: { runs: rule } } });

test.each([
  ['green-api-logout must be an object… (got 5', 5],
  ['green-api-logout must be an object… (got null', null],
  ['green-api-logout must be an object… (got []', []],
  ['green-api-logout.stackName must be up to 64 letters… (got "1st"', { stackName: '1st' }],
  ['green-api-logout.secretPrefix must … (got ""', { secretPrefix: '' }],
  ['green-api-logout.otherPrefixes must begin with secretPrefix… (got "sales/"', { otherPrefixes: ['sales/'] }],
  ['green-api-logout.otherPrefixes must begin … (got "green-api/"', { otherPrefixes: ['green-api/'] }],
  ['green-api-logout.otherPrefixes.0 must end in… (got "green-api/sales"', { otherPrefixes: ['green-api/sales'] }],
  ['green-api-logout.secretPrefix must … (got "green-api"', { secretPrefix: 'green-api' }],
  ['green-api-logout.secretPrefix must … (got "!green-api/"', { secretPrefix: '!green-api/' }],
  ['green-api-logout.secretPrefix must … (got "green api/"', { secretPrefix: 'green api/' }],
  ['green-api-logout.kmsKeyArn must … (got "alias/green-api"', { kmsKeyArn: 'alias/green-api' }],
  ['green-api-logout.allowedApiHosts must be a list… (got "a.example.com"', { allowedApiHosts: 'a.example.com' }],
  ['green-api-logout.allowedApiHosts.1 must … (got 7', { allowedApiHosts: ['a.example.com', 7] }],
  [
    'green-api-logout.warmInstances must be a list of at most 20… (got ["1101000001","1101000001"',
    { warmInstances: Array.from({ length: 21 }, () => '1101000001') },
  ],
  ['green-api-logout.warmInstances.0 must be the id… (got 1101000001', { warmInstances: [1101000001] }],
  ['green-api-logout.warmInstances.0 must be the id… (got "../x"', { warmInstances: ['../x'] }],
  [
    'green-api-logout.warmHosts must be a list of GREEN-API\'s own hosts and those in allowedApiHosts… (got ["a.example.com"]',
    { warmHosts: ['a.example.com'] },
  ],
  [
    'green-api-logout.warmHosts.0 must … (got "https://api.green-api.com"',
    { warmHosts: ['https://api.green-api.com'] },
  ],
  [
    'green-api-logout.warmHosts must be a list of at most 5… (got ["1.api.green-api.com"',
    { warmHosts: [1, 2, 3, 4, 5, 6].map((pool) => `${pool}.api.green-api.com`) },
  ],
  ['green-api-logout.credentialTtlMs must … (got -1', { credentialTtlMs: -1 }],
  ['green-api-logout.credentialTtlMs must … (got 0.5', { credentialTtlMs: 0.5 }],
  [
    'green-api-logout.greenApiTimeoutMs must be a whole number from 100 to 26000… (got 28000',
    { greenApiTimeoutMs: 28_000 },
  ],
  ['green-api-logout.authorization must be an object… (got "none"', { authorization: 'none' }],
  ['green-api-logout.desk.allow is missing', { desk: { issuer: desk.issuer, clientId: 'desk' } }],
  ['green-api-logout.desk.issuer must be an https URL', { desk: { ...desk, issuer: 'http://login.example.com/' } }],
  ['green-api-logout.desk.scopes must have openid (got ["email"]', { desk: { ...desk, scopes: ['email'] } }],
  ['green-api-logout.desk.clientSecret is not a field here', { desk: { ...desk, clientSecret: 'x' } }],
  ['green-api-logout.desk.allow.runs must be a rule, or "everybody" (got "all"', deskRule('all')],
  ['green-api-logout.desk.allow.runs.anyOf is missing', deskRule({ claim: 'roles' })],
  ['green-api-logout.desk.allow.runs.anyOf must be a list of 1', deskRule({ claim: 'roles', anyOf: [] })],
  ['green-api-logout.desk.allow.runs.claim must be a list of 1', deskRule({ claim: [], anyOf: ['a'] })],
  ['green-api-logout.desk.allow.runs must be about the person', deskRule({ scope: 'openid' })],
  ['green-api-logout.desk.allow.runs must be about the person', deskRule({ claim: 'aud', anyOf: ['desk'] })],
  ['green-api-logout.desk.allow.runs must be about the person', deskRule({ claim: 'scp', anyOf: ['openid'] })],
  ['green-api-logout.desk.allow.write is not a field here', { desk: { ...desk, allow: { write: 'everybody' } } }],
  ['green-api-logout.authorization.jwt.allow is missing, and so is scopes', { authorization: { jwt } }],
  ['green-api-logout.authorization.none is not a field here; the fields are jwt', { authorization: { none: true } }],
  ['green-api-logout.authorization.jwt.issuer is missing', { authorization: { jwt: { audience: ['logout'] } } }],
  [
    'green-api-logout.authorization.jwt.issuer must be an https URL… (got "http://a.example.com"',
    { authorization: { jwt: { ...jwt, issuer: 'http://a.example.com' } } },
  ],
  [
    'green-api-logout.authorization.jwt.audience must be a list of 1 to 50… (got []',
    { authorization: { jwt: { ...jwt, audience: [] } } },
  ],
  [
    'green-api-logout.authorization.jwt.scopes.POST /instances/{idInstance}/logout is missing',
    { authorization: { jwt: { ...jwt, scopes: { 'GET /instances': ['instances.read'] } } } },
  ],
  ['green-api-logout.throttling.rateLimit must … (got 0', { throttling: { rateLimit: 0 } }],
  ['green-api-logout.throttling.burstLimit must … (got "9"', { throttling: { burstLimit: '9' } }],
  ['green-api-logout.throttling must be an object… (got []', { throttling: [] }],
  ...['https://logout.example.com', 'Logout.example.com', 'localhost', 'logout.example.com/'].map(
    (domainName): [string, object] => [
      `green-api-logout.domainName must be the name of a custom domain… (got "${domainName}"`,
      { domainName },
    ],
  ),
  [
    'green-api-logout.disableExecuteApiEndpoint needs domainName: the API would have no address',
    { disableExecuteApiEndpoint: true },
  ],
  [
    'green-api-logout.dataEncryptionKeyArn must be the ARN of a KMS key… (got "alias/logs"',
    { dataEncryptionKeyArn: 'alias/logs' },
  ],
  ['green-api-logout.network.subnetIds is missing', { network: { vpcId: 'vpc-0123456789abcdef0' } }],
  [
    'green-api-logout.network.vpcId must be an id such as vpc-0123456789abcdef0… (got "main"',
    { network: { vpcId: 'main', subnetIds: ['subnet-0123456789abcdef0'] } },
  ],
  [
    'green-api-logout.network.securityGroupIds must be a list of 1 to 5… (got []',
    { network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: [] } },
  ],
  ['green-api-logout.tracing must be true or false… (got "no"', { tracing: 'no' }],
  ['green-api-logout.logRetentionDays must be one of… (got 2', { logRetentionDays: 2 }],
  ['green-api-logout.evidenceRetentionDays must … (got null', { evidenceRetentionDays: null }],
  ['green-api-logout.logRetentionDays must … (got 9999', { logRetentionDays: 9999 }],
  ['green-api-logout.alarmTopicArn must be the ARN… (got "on-call"', { alarmTopicArn: 'on-call' }],
  ['green-api-logout.notifications.0.topic is missing', { notifications: { format: 'chat' } }],
  [
    'green-api-logout.notifications.0.topic must be the ARN of a standard SNS topic (got "arn:aws:sns:eu-central-1:111122223333:a.fifo"',
    { notifications: [{ topic: 'arn:aws:sns:eu-central-1:111122223333:a.fifo' }] },
  ],
  [
    'green-api-logout.notifications.0.events.0 must be one of runs, failed-logouts, … (got "all"',
    { notifications: { topic: 'arn:aws:sns:eu-central-1:111122223333:a', events: ['all'] } },
  ],
  [
    'green-api-logout.notifications.0.format must be one of text, chat (got "json"',
    { notifications: { topic: 'arn:aws:sns:eu-central-1:111122223333:a', format: 'json' } },
  ],
  ['green-api-logout.notifications.0 must be an object… (got null', { notifications: null }],
  [
    'green-api-logout.notifications must be a list of at most 5',
    { notifications: Array(6).fill({ topic: 'arn:aws:sns:eu-central-1:111122223333:a' }) },
  ],
  ...['http://a.example.com', 'https://a.example.com/#alarms', 'docs/operations.md', ''].map(
    (runbookUrl): [string, object] => [
      `green-api-logout.runbookUrl must be an https URL without fragment… (got "${runbookUrl}"`,
      { runbookUrl },
    ],
  ),
  ['green-api-logout.memoryMb must be a whole number from 128 to 10240… (got 64', { memoryMb: 64 }],
  [
    'green-api-logout.runs.maxTargetsCeiling must be a whole number from 1 to 3000… (got 3001',
    { runs: { maxTargetsCeiling: 3_001 } },
  ],
  ['green-api-logout.runs.executionTimeoutDays must … (got 367', { runs: { executionTimeoutDays: 367 } }],
  ['green-api-logout.runs.retentionDays must … (got 0', { runs: { retentionDays: 0 } }],
  [
    'green-api-logout.offboarding.custom.putEventsFrom.accounts.0 must be the id of an AWS account… (got "1111"',
    { offboarding: { custom: { putEventsFrom: { accounts: ['1111'] } } } },
  ],
  [
    'green-api-logout.offboarding.custom.putEventsFrom.organization must … (got "*"',
    { offboarding: { custom: { putEventsFrom: { organization: '*' } } } },
  ],
  [
    'green-api-logout.offboarding.okta.partnerBusName must … (got "default"',
    { offboarding: { okta: { partnerBusName: 'default' } } },
  ],
  [
    'green-api-logout.offboarding.identityCenter.identityStoreId is missing; aws sso-admin list-instances prints it as IdentityStoreId',
    { offboarding: { identityCenter: { enabled: true } } },
  ],
  [
    'green-api-logout.offboarding.identityCenter.identityStoreId must be the id of an identity store… (got "d-1"',
    { offboarding: { identityCenter: { identityStoreId: 'd-1' } } },
  ],
  [
    'green-api-logout.offboarding.identityCenter must be an object… (got true',
    { offboarding: { identityCenter: true } },
  ],
  [
    'green-api-logout.offboarding.custom.watchDays must be a whole number from 1 to 30… (got 31',
    { offboarding: { custom: { watchDays: 31 } } },
  ],
  [
    'green-api-logout.offboarding.okta.watchDays must be a whole number from 1 to 30… (got 0',
    { offboarding: { okta: { partnerBusName: 'aws.partner/okta.com/example/logout', watchDays: 0 } } },
  ],
  [
    'green-api-logout.offboarding.identityCenter.watchDays must be a whole number from 1 to 30… (got "7"',
    { offboarding: { identityCenter: { watchDays: '7' } } },
  ],
  [
    'green-api-logout.offboarding.maxTargets must be a whole number from 1 to 3000… (got 0',
    { offboarding: { maxTargets: 0 } },
  ],
  [
    'green-api-logout.offboarding.maxTargets must be at most 7, which is runs.maxTargetsCeiling… (got 8',
    { runs: { maxTargetsCeiling: 7 }, offboarding: { maxTargets: 8 } },
  ],
  [
    'green-api-logout.identityProviders.hr.maxTargets must be at most 20, which is runs.maxTargetsCeiling… (got 21',
    {
      runs: { maxTargetsCeiling: 20 },
      identityProviders: { hr: { kind: 'webhook', tokenSha256: ['a'.repeat(64)], maxTargets: 21 } },
    },
  ],
  [
    'green-api-logout.offboarding.custom.timeZone must be the name of a time zone as in the IANA database; did you mean Europe/Berlin? (got "Europe/berlin"',
    { offboarding: { custom: { timeZone: 'Europe/berlin' } } },
  ],
  [
    'green-api-logout.identityProviders.hr.timeZone must be the name of a time zone as in the IANA database… (got "+02:00"',
    { identityProviders: { hr: { kind: 'webhook', tokenSha256: ['a'.repeat(64)], timeZone: '+02:00' } } },
  ],
  [
    'green-api-logout.identityProviders.entra.timeZone is for the kind webhook alone: no other report has a date (got "UTC"',
    { identityProviders: { entra: { kind: 'scim', tokenSha256: ['a'.repeat(64)], timeZone: 'UTC' } } },
  ],
  [
    'green-api-logout.offboarding.identityCenter.nativeEvents needs enabled: true beside it',
    { offboarding: { identityCenter: { nativeEvents: true } } },
  ],
  [
    'green-api-logout.identityProviders.hr.watchDays must be a whole number from 1 to 30… (got 0',
    { identityProviders: { hr: { kind: 'webhook', tokenSha256: ['a'.repeat(64)], watchDays: 0 } } },
  ],
  ['green-api-logout.evidenceVault.years is missing', { evidenceVault: { mode: 'GOVERNANCE' } }],
  [
    'green-api-logout.evidenceVault.mode must be GOVERNANCE or COMPLIANCE… (got "NONE"',
    { evidenceVault: { years: 7, mode: 'NONE' } },
  ],
  ['green-api-logout.throtling is not a field here; the fields are stackName, secretPrefix', { throtling: {} }],
])('says %s', (errorText, configuration) => {
  expect(errorAbout(configuration)).toMatch(pattern(errorText));
});

test.each<[string, object[]]>([
  ['0.name must be up to 64 letters… (got "every night"', [{ ...nightly, name: 'every night' }]],
  ['1.name must be a name that no other schedule has… (got "nightly"', [nightly, nightly]],
  [
    '0.expression must be an expression of EventBridge Scheduler: hours "25" is… (got "cron(0 25 * * ? *)"',
    [{ ...nightly, expression: 'cron(0 25 * * ? *)' }],
  ],
  ['0.expression must be… (got "every night"', [{ ...nightly, expression: 'every night' }]],
  ['0.timeZone must be the name of a time zone… (got nothing', [{ ...nightly, timeZone: undefined }]],
  ['0.timeZone must be the name of a time zone… (got "Berlin"', [{ ...nightly, timeZone: 'Berlin' }]],
  [
    '0.timeZone must be the name of a time zone as in the IANA database; did you mean Europe/Berlin?… (got "Europe/Berln"',
    [{ ...nightly, timeZone: 'Europe/Berln' }],
  ],
  ['0.target must be exactly one of… (got {}', [{ ...nightly, target: {} }]],
  ['0.target must … (got {"owner":"jo","all":true}', [{ ...nightly, target: { owner: 'jo', all: true } }]],
  ['0.target.instances.0 must … (got "7103.api"', [{ ...nightly, target: { instances: ['7103.api'] } }]],
  ['0.except.0 must be a string of 1 to 20 digits… (got 1101000001', [{ ...nightly, except: [1101000001] }]],
  ['0.reason must not be empty… (got ""', [{ ...nightly, reason: '' }]],
  ['0.dryRun must be true or false… (got "yes"', [{ ...nightly, dryRun: 'yes' }]],
  ['0.clearQueue must … (got 1', [{ ...nightly, clearQueue: 1 }]],
  ['0.at is not a field here; the fields are name, expression', [{ ...nightly, at: '2026-11-30T17:00:00Z' }]],
  [
    '0.maxTargets must be a number: "nightly" includes all instances and needs a limit… (got nothing',
    [{ ...nightly, target: { all: true } }],
  ],
  [
    '0.rotateToken must not be set unless tokenRotation.enabled is true… (got true',
    [{ ...nightly, rotateToken: true }],
  ],
  [
    `0.maxTargets must be at most ${maxTargetsCeiling}… (got ${maxTargetsCeiling + 1}`,
    [{ ...nightly, maxTargets: maxTargetsCeiling + 1 }],
  ],
])('reports for schedules: %s', (errorText, schedules) => {
  expect(errorAbout({ schedules })).toMatch(pattern(`green-api-logout.schedules.${errorText}`));
});

test('takes a schedule with everything that the API would take, up to the configured ceiling', () => {
  const everything = {
    ...nightly,
    target: { all: true },
    except: ['1101000001'],
    maxTargets: 3_000,
    clearQueue: true,
    dryRun: true,
  };

  expect(parseConfiguration({ runs: { maxTargetsCeiling: 3_000 }, schedules: [everything] }).schedules).toEqual([
    everything,
  ]);
});

test('names everything that is wrong at once, a line each', () => {
  expect(errorAbout({ memoryMb: 0.5, throttling: { rateLimit: 0 }, retention: 1 })?.split('\n')).toHaveLength(3);
});

test('names a field that does not exist without quoting it, for it may be a misplaced token', () => {
  expect(errorAbout({ apiTokenInstance: 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345' })).not.toContain('d75b');
});

test.each(['3100.api.green-api.example.com', 'proxy.example.com:8443', 'xn--bcher-kva.example.com'])(
  'allows the extra host %s',
  (host) => {
    expect(errorAbout({ allowedApiHosts: [host] })).toBeUndefined();
  },
);

test("makes ready GREEN-API's own hosts and those that are allowed besides", () => {
  const warmHosts = ['api.green-api.com', '7103.api.greenapi.com', 'proxy.example.com:8443'];

  expect(errorAbout({ allowedApiHosts: ['proxy.example.com:8443'], warmHosts })).toBeUndefined();
});

test.each([
  ...['localhost', 'localhost:3000', 'app.localhost', 'localhost.localdomain', 'printer.local'],
  ...['127.0.0.1', '127.1', '127.0.0.1:9001', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '127.0.0.0x1', '0'],
  ...['10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '169.254.169.254', '169.254.170.2', '169.254.100.1'],
  ...['[::1]', '::1', '[fe80::1]', '[fd00:ec2::254]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[64:ff9b::7f00:1]'],
  ...['metadata.google.internal', 'instance-data.ec2.internal', 'metadata', 'metadata.google.internal:80'],
  ...[
    'A.example.com',
    'a.example.com.',
    'a..example.com',
    'user@a.example.com',
    'a.example.com/v3',
    'https://a.example.com',
  ],
  ...[
    'a.example.com,b.example.com',
    ' a.example.com',
    'a.example.com:0',
    '*.example.com',
    '127。0。0。1',
    'ⓛocalhost',
    '',
  ],
])('refuses the extra host %j', (host) => {
  expect(errorAbout({ allowedApiHosts: [host] })).toContain(
    'green-api-logout.allowedApiHosts.0 must be a public host name',
  );
});

test('no way of writing an address passes as an extra host', () => {
  const authority = fc.oneof(
    fc.webAuthority({ withIPv4: true, withIPv4Extended: true, withIPv6: true, withPort: true }),
    fc.ipV4Extended(),
    fc.integer({ min: 0, max: 0xffffffff }).map((address) => `0x${address.toString(16)}`),
    fc.domain(),
  );

  fc.assert(
    fc.property(authority, (host) => {
      fc.pre(errorAbout({ allowedApiHosts: [host] }) === undefined);
      const { hostname } = new URL(`https://${host}`);
      return isIP(hostname) === 0 && hostname === host.replace(/:\d+$/, '');
    }),
  );
});

test('no JSON makes it throw anything but its own error', () => {
  const optional = ['kmsKeyArn', 'alarmTopicArn', 'runbookUrl'];
  const anyField = fc.constantFrom(...Object.keys(parseConfiguration()), ...optional, '__proto__');

  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(anyField, fc.jsonValue())), (value) => {
      errorAbout(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('no unknown field is accepted silently, whatever its name', () => {
  const known = new Set([...Object.keys(parseConfiguration()), 'kmsKeyArn', 'alarmTopicArn', 'runbookUrl']);
  const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty'));

  fc.assert(
    fc.property(
      name.filter((field) => !known.has(field)),
      (field) => errorAbout(JSON.parse(`{${JSON.stringify(field)}: {}}`))?.includes('is not a field here') === true,
    ),
  );
});

describe('the context file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (text: string): string => {
    const file = join(folder, 'cdk.json');
    writeFileSync(file, text);
    return file;
  };

  test('is cdk.json unless another is named, and that one is fine', () => {
    expect(() => readConfiguration()).not.toThrow();
  });

  test('reads the value under its key', () => {
    expect(readConfiguration(write('{"context": {"green-api-logout": {"memoryMb": 512}}}')).memoryMb).toBe(512);
  });

  test('may have no configuration', () => {
    expect(readConfiguration(write('{"app": "node app.ts"}'))).toEqual(parseConfiguration({}));
  });

  test.each(['', '{', '5', '{"context": 5}'])('is refused when it holds %j', (text) => {
    expect(() => readConfiguration(write(text))).toThrow(
      new ConfigurationError(`${folder}/cdk.json is not JSON with an object "context"`),
    );
  });
});

test('the functions read how many instances of a leaver may be logged out, and how long they are watched', () => {
  const hr = { kind: 'webhook', tokenSha256: ['a'.repeat(64)], maxTargets: 60, watchDays: 3 } as const;
  const offboarding = {
    maxTargets: 120,
    custom: { watchDays: 1 },
    okta: { partnerBusName: 'aws.partner/okta.com/example/logout', watchDays: 30 },
  };
  const settings = { ...parseConfiguration({ offboarding, identityProviders: { hr } }), name: 'logout' };
  const providers = writeVariables(providerSettings, { ...valuesOf(settings), copies: 2 });

  expect(parseVariables(offboardingSettings, writeVariables(offboardingSettings, valuesOf(settings)))).toEqual({
    nativeEvents: false,
    offboardingMaxTargets: 120,
    sourceWatchDays: { custom: 1, okta: 30 },
  });
  expect(providers.OFFBOARDING_MAX_TARGETS).toBe('120');
  expect(readIdentityProviders(providers)).toEqual([{ name: 'hr', maxPerHour: 50, ...hr }]);
});

test('the functions read nothing of leavers where nothing is configured', () => {
  const settings = { ...parseConfiguration({}), name: 'logout' };

  expect(writeVariables(offboardingSettings, valuesOf(settings))).toEqual({});
  expect(parseVariables(offboardingSettings, {})).toEqual({ nativeEvents: false, sourceWatchDays: {} });
});

test.each(['{', 'null', '{"okta":0}', '{"okta":31}', '{"okta":1.5}', '{"okta":"7"}'])(
  'WATCH_DAYS may not be %s',
  (WATCH_DAYS) => {
    expect(() => parseVariables(offboardingSettings, { WATCH_DAYS })).toThrow('WATCH_DAYS');
  },
);

test('the rules of the desk and of callers with a JWT reach the functions as they are, each under its own name', () => {
  const allow = { logout: { claim: ['realm_access', 'roles'], anyOf: ['it'] } };
  const { stackName: name, ...settings } = parseConfiguration({
    authorization: { jwt: { ...jwt, allow } },
    desk: { ...desk, allow: { read: 'everybody' } },
  });

  const variables = writeVariables(accessSettings, valuesOf({ name, ...settings }));

  expect(readAccess(variables)).toEqual({ jwtAllow: allow, deskAllow: { read: 'everybody' } });
  expect(writeVariables(accessSettings, valuesOf({ name, ...parseConfiguration() }))).toEqual({});
});
