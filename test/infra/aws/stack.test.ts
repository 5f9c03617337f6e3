import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readEnvironment } from '../../../functions/runtime/environment.ts';
import { distFolder, doors } from '../../../infra/bundling.ts';
import { routeKeyOf, routes } from '../../../infra/routes.ts';
import { permissionsIn, resourcesIn, say, synthesize } from './synthesize.ts';

const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const topicArn = 'arn:aws:sns:eu-central-1:111122223333:on-call';
const jwt = {
  issuer: 'https://login.example.com/',
  audience: ['green-api-logout'],
  scopes: { 'POST /instances/{idInstance}/logout': ['instances.logout'], 'GET /instances': ['instances.read'] },
};

const plain = synthesize();
const custom = synthesize({
  stackName: 'logout-staging',
  secretPrefix: 'staging/green-api/',
  kmsKeyArn: keyArn,
  allowedApiHosts: ['3100.api.example.com', 'proxy.example.com:8443'],
  credentialTtlMs: 0,
  greenApiTimeoutMs: 27_000,
  authorization: { jwt },
  throttling: { rateLimit: 5, burstLimit: 10 },
  logRetentionDays: 7,
  evidenceRetentionDays: 3653,
  alarmTopicArn: topicArn,
  memoryMb: 512,
});
/** For what a test adds to the stack. */
const planted = synthesize();
const both = [
  ['plain', plain],
  ['custom', custom],
] as const;

afterAll(() => {
  for (const { folder } of [plain, custom, planted]) rmSync(folder, { recursive: true });
});

const functionsOf = (synthesized: typeof plain) => Object.values(resourcesIn(synthesized, 'AWS::Lambda::Function'));

const routesOf = (synthesized: typeof plain) =>
  Object.values(resourcesIn(synthesized, 'AWS::ApiGatewayV2::Route')).map(
    ({ RouteKey, AuthorizationType, AuthorizationScopes, AuthorizerId }) => ({
      route: RouteKey,
      authorization: AuthorizationType,
      scopes: AuthorizationScopes,
      authorizer: AuthorizerId && say(AuthorizerId),
    }),
  );

describe('the API', () => {
  test('asks for a signature of AWS IAM on every route unless told otherwise', () => {
    expect(routesOf(plain)).toEqual(routes.map((route) => ({ route: routeKeyOf(route), authorization: 'AWS_IAM' })));
  });

  test('asks for a token of the configured issuer, with the scopes of the route, on every route', () => {
    expect(routesOf(custom)).toEqual(
      routes.map((route) => ({
        route: routeKeyOf(route),
        authorization: 'JWT',
        scopes: jwt.scopes[routeKeyOf(route) as keyof typeof jwt.scopes],
        authorizer: '<httpApiJwt>',
      })),
    );
    custom.template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: jwt.issuer, Audience: jwt.audience },
    });
  });

  test('is the only way to a function: no function URL, and each permission names one route of this API', () => {
    const permissions = Object.values(resourcesIn(plain, 'AWS::Lambda::Permission'));

    expect(permissions.map(({ Principal, SourceArn }) => `${Principal} ${say(SourceArn)}`)).toEqual(
      routes.map(
        ({ path }) =>
          `apigateway.amazonaws.com arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<httpApi>/*/*${path}`,
      ),
    );
    plain.template.resourceCountIs('AWS::Lambda::Url', 0);
  });

  test.each([
    ['by default', plain, { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 }],
    ['as configured', custom, { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 }],
  ])('is throttled %s', (_name, { template }, DefaultRouteSettings) => {
    template.allResourcesProperties('AWS::ApiGatewayV2::Stage', { DefaultRouteSettings });
  });

  test('logs each call as JSON, without its path, which may hold a token', () => {
    const { AccessLogSettings } = resourcesIn(plain, 'AWS::ApiGatewayV2::Stage').httpStage;

    expect(say(AccessLogSettings.DestinationArn)).toBe('<httpAccessLog.Arn>');
    expect(Object.keys(JSON.parse(AccessLogSettings.Format))).toContain('requestId');
    expect(AccessLogSettings.Format).not.toMatch(/path/i);
  });
});

describe('permissions', () => {
  const log = (door: string, group: string) =>
    ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => `["<${door}Role>"] Allow ${action} <${group}.Arn>`);
  const traces = (door: string) =>
    ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'].map((action) => `["<${door}Role>"] Allow ${action} *`);
  const secretsUnder = (prefix: string) =>
    `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${prefix}*`;
  const everybody = [
    ...log('logout', 'evidence'),
    ...traces('logout'),
    ...log('instances', 'instanceslog'),
    ...traces('instances'),
    '["<instancesRole>"] Allow secretsmanager:ListSecrets *',
  ];

  test('logout reads secrets under the prefix, instances lists names, and there is nothing else', () => {
    expect([...permissionsIn(plain)].sort()).toEqual(
      [...everybody, `["<logoutRole>"] Allow secretsmanager:GetSecretValue ${secretsUnder('green-api/')}`].sort(),
    );
  });

  test('with a key of the customer, logout decrypts with that key, and only through Secrets Manager', () => {
    expect([...permissionsIn(custom)].sort()).toEqual(
      [
        ...everybody,
        `["<logoutRole>"] Allow secretsmanager:GetSecretValue ${secretsUnder('staging/green-api/')}`,
        `["<logoutRole>"] Allow kms:Decrypt ${keyArn} {"StringEquals":{"kms:ViaService":"secretsmanager.<AWS::Region>.amazonaws.com"}}`,
      ].sort(),
    );
  });

  test.each(both)('come from no managed policy, and each function has its own role (%s)', (_name, synthesized) => {
    const roles = Object.values(resourcesIn(synthesized, 'AWS::IAM::Role'));

    expect(roles.flatMap(({ ManagedPolicyArns, Policies }) => ManagedPolicyArns ?? Policies ?? [])).toEqual([]);
    expect(new Set(functionsOf(synthesized).map(({ Role }) => say(Role))).size).toBe(functionsOf(synthesized).length);
  });
});

describe('the functions', () => {
  test('are the doors there are, each with the very bundle that the build wrote', () => {
    const deployed = functionsOf(plain).map(({ Code }) =>
      readFileSync(join(plain.folder, `asset.${Code.S3Key.replace('.zip', '')}`, 'index.mjs'), 'utf8'),
    );

    expect(deployed.sort()).toEqual(
      doors.map((door) => readFileSync(join(distFolder, door, 'index.mjs'), 'utf8')).sort(),
    );
  });

  test.each(both)(
    'run on Node 24 and arm64, end before the gateway gives up, log JSON and trace (%s)',
    (_name, { template }) => {
      template.allResourcesProperties('AWS::Lambda::Function', {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Timeout: 29,
        LoggingConfig: { LogFormat: 'JSON' },
        TracingConfig: { Mode: 'Active' },
      });
    },
  );

  test('have the memory that is configured', () => {
    plain.template.allResourcesProperties('AWS::Lambda::Function', { MemorySize: 256 });
    custom.template.allResourcesProperties('AWS::Lambda::Function', { MemorySize: 512 });
  });

  test('get the configuration in variables that they understand', () => {
    const { logoutFunction, instancesFunction } = resourcesIn(custom, 'AWS::Lambda::Function');

    expect(readEnvironment(logoutFunction?.Environment.Variables)).toEqual({
      secretPrefix: 'staging/green-api/',
      allowedApiHosts: ['3100.api.example.com', 'proxy.example.com:8443'],
      credentialTtlMs: 0,
      greenApiTimeoutMs: 27_000,
    });
    expect(instancesFunction?.Environment.Variables).toEqual({ SECRET_PREFIX: 'staging/green-api/' });
  });
});

describe('the logs', () => {
  test.each([
    ['by default', plain, { evidence: 365, instanceslog: 30, httpAccessLog: 30 }],
    ['as configured', custom, { evidence: 3653, instanceslog: 7, httpAccessLog: 7 }],
  ])('are all kept for a time %s', (_name, synthesized, days) => {
    const groups = Object.entries(resourcesIn(synthesized, 'AWS::Logs::LogGroup'));

    expect(Object.fromEntries(groups.map(([id, { RetentionInDays }]) => [id, RetentionInDays]))).toEqual(days);
  });

  test('of logout are the evidence, which outlives the stack; the others go with it', () => {
    const groups = Object.entries(plain.template.findResources('AWS::Logs::LogGroup'));

    expect(
      groups.filter(([, { DeletionPolicy }]) => DeletionPolicy !== 'Delete').map(([id]) => say({ Ref: id })),
    ).toEqual([say(resourcesIn(plain, 'AWS::Lambda::Function').logoutFunction?.LoggingConfig.LogGroup)]);
  });
});

describe('the alarms', () => {
  test('watch the answers of the API and every function', () => {
    const alarms = Object.values(resourcesIn(plain, 'AWS::CloudWatch::Alarm'));

    expect(alarms.map(({ MetricName, Dimensions }) => `${MetricName} of ${say(Dimensions[0].Value)}`).sort()).toEqual(
      [
        '5xx of <httpApi>',
        ...doors.flatMap((door) => [`Errors of <${door}Function>`, `Throttles of <${door}Function>`]),
      ].sort(),
    );
  });

  test('say what they mean for people and where to read what to do', () => {
    for (const { AlarmDescription } of Object.values(resourcesIn(plain, 'AWS::CloudWatch::Alarm'))) {
      expect(AlarmDescription).toMatch(/(?:logged in|logouts go on)\. See "When an alarm rings" in the README\.$/);
    }
  });

  test('write to the configured topic, or to nobody', () => {
    custom.template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topicArn] });
    plain.template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent() });
  });
});

describe('the AwsSolutions rules', () => {
  test.each(both)('find nothing that has no stated reason (%s)', (_name, { app }) => {
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  test('find a permission that nobody gave a reason for', () => {
    const { app, stack } = planted;
    new Role(stack, 'Planted', { assumedBy: new AccountRootPrincipal() }).addToPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: ['*'] }),
    );

    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toHaveLength(1);
  });
});

test('the outputs say where the API and the evidence are', () => {
  const outputs = Object.entries(plain.template.findOutputs('*'));

  expect(Object.fromEntries(outputs.map(([id, { Value }]) => [id, say(Value)]))).toEqual({
    Endpoint: 'https://<httpApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>/',
    EvidenceLogGroup: '<evidence>',
  });
});

test('the app says what is wrong with a configuration in one line, and fails', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, '../../../infra/aws/app.ts')], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { CDK_CONTEXT_JSON: JSON.stringify({ 'green-api-logout': { memoryMb: 64 } }) },
  });

  expect(status).toBe(1);
  expect(stderr).toBe('green-api-logout.memoryMb: 64 was given, allowed is a whole number from 128 to 10240\n');
});
