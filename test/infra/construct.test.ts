import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, Duration, type Environment, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PrivateSubnet, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { doctorCommand } from '../../cli/commands/doctor.ts';
import { enrollCommand } from '../../cli/commands/enroll.ts';
import { functionNames } from '../../infra/bundling/bundling.ts';
import { createDeployment } from '../../infra/constructs/deployment.ts';
import { addFunctionAlarms } from '../../infra/constructs/function-alarms.ts';
import { InstanceSecrets } from '../../infra/constructs/instance-secrets.ts';
import { ServiceFunction } from '../../infra/constructs/service-function.ts';
import { GreenApiLogout, type GreenApiLogoutProps, GreenApiLogoutStack, type Offboarding } from '../../infra/index.ts';
import { createApp, createConstruct, createRole, rightsOf, warningsIn } from '../support/construct-app.ts';
import { fencesOf, readPage } from '../support/markdown.ts';
import { configurations, jwt, keyArn, render, synthesize, topicArn, wholeResourcesIn } from '../support/synthesize.ts';

const rightsFor = ({ rights = [] }: { readonly rights?: readonly string[] }): readonly string[] => rights;

const here = { account: '111122223333', region: 'eu-central-1' };

const subnet = { subnetId: 'subnet-0123456789abcdef0', routeTableId: 'rtb-0123456789abcdef0' };

const everything = (stack: Stack): GreenApiLogoutProps => ({
  name: 'logout-staging',
  secretPrefix: 'staging/green-api/',
  encryptionKey: new Key(stack, 'Key'),
  dataEncryptionKey: new Key(stack, 'DataKey'),
  vpc: Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-central-1a'] }),
  vpcSubnets: { subnets: [PrivateSubnet.fromSubnetAttributes(stack, 'Subnet', subnet)] },
  securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Functions', 'sg-0123456789abcdef0')],
  allowedApiHosts: ['proxy.example.com:8443'],
  credentialTtl: Duration.minutes(1),
  greenApiTimeout: Duration.seconds(20),
  warmInstances: ['1101000001', '1101000002'],
  warmHosts: ['api.green-api.com'],
  authorization: { jwt },
  throttling: { rateLimit: 5, burstLimit: 10 },
  domainName: 'logout.example.com',
  disableExecuteApiEndpoint: true,
  tracing: false,
  logRetention: RetentionDays.ONE_WEEK,
  evidenceRetention: RetentionDays.TEN_YEARS,
  tokenRotation: { enabled: true },
  evidenceVault: { years: 7, mode: 'COMPLIANCE' },
  alarmTopic: new Topic(stack, 'OnCall'),
  notifications: { topic: topicArn, events: ['runs'], format: 'chat' },
  runbookUrl: 'https://wiki.example.com/runbook',
  memorySize: 384,
  runs: {
    maxTargetsCeiling: 3_000,
    executionTimeout: Duration.days(90),
    retention: Duration.days(60),
    memorySize: 1_024,
  },
  schedules: [
    {
      name: 'nightly',
      expression: 'cron(0 22 * * ? *)',
      timeZone: 'Europe/Berlin',
      target: { group: 'night-shift' },
      reason: 'end of shift',
      except: undefined,
    },
  ],
  offboarding: {
    custom: { sources: ['com.example.hr'], putEventsFrom: { accounts: ['222233334444'] } },
    okta: { partnerBusName: 'aws.partner/okta.com/example/logout' },
    identityCenter: { enabled: true, identityStoreId: 'd-93670dc30f' },
  },
  identityProviders: {
    hr: { kind: 'webhook', tokenSha256: ['a'.repeat(64)] },
    okta: { kind: 'okta-event-hook', tokenSha256: ['b'.repeat(64)] },
    entra: { kind: 'scim', tokenSha256: ['c'.repeat(64)], quietAfterHours: 6 },
  },
});

describe('the construct', () => {
  test('takes CDK objects and durations', () => {
    const { stack, logout } = createConstruct(everything);

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      DurableConfig: { ExecutionTimeout: 90 * 24 * 60 * 60, RetentionPeriodInDays: 60 },
      MemorySize: 1_024,
      Environment: {
        Variables: { CREDENTIAL_TTL_MS: '60000', GREEN_API_TIMEOUT_MS: '20000', STACK: 'logout-staging' },
      },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 3653 });
    template.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: [subnet.subnetId], SecurityGroupIds: ['sg-0123456789abcdef0'] },
    });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmName: Match.stringLikeRegexp('^logout-staging-'),
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^OnCall') }],
      AlarmDescription: Match.stringLikeRegexp('https://wiki\\.example\\.com/runbook#[a-z-]+$'),
    });
    expect(Object.values(logout.functions).filter(Boolean)).toHaveLength(
      Object.keys(template.findResources('AWS::Lambda::Function')).length,
    );
    expect(Object.keys(logout.functions).sort()).toEqual([...functionNames].sort());
    expect(logout.stage.stageName).toBe('$default');
    expect(logout.alarms).toHaveLength(Object.keys(template.findResources('AWS::CloudWatch::Alarm')).length);
    expect(warningsIn(stack)).toEqual([]);
  });

  test('gives a key of the app the policy that the documentation lists for an imported one', () => {
    const { stack } = createConstruct((scope) => ({ dataEncryptionKey: new Key(scope, 'DataKey') }));

    const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));
    const [, ...statements] = key?.Properties.KeyPolicy.Statement ?? [];
    const deployed = JSON.stringify(statements.map((statement: object) => JSON.parse(render(statement))))
      .replaceAll('<AWS::Partition>', 'aws')
      .replaceAll('<AWS::Region>', 'eu-central-1')
      .replaceAll('<AWS::AccountId>', '111122223333');
    const [documented] = fencesOf(readPage('docs/security.md')).filter(({ language }) => language === 'json');
    expect(JSON.parse(deployed)).toEqual(JSON.parse(documented?.text ?? '').Statement);
  });

  test('refuses subnets without their VPC', () => {
    expect(() => createConstruct({ vpcSubnets: { availabilityZones: ['eu-central-1a'] } })).toThrow(
      'Company/Logout.vpc is missing: vpcSubnets and securityGroups need it',
    );
  });

  test('can be twice in one stack: no name is taken twice', () => {
    const { stack, logout } = createConstruct();
    const second = new GreenApiLogout(stack, 'Second');
    logout.addOutputs();
    expect(() => second.addOutputs()).toThrow(
      'Company/Second: another deployment of the stack has the prefix "". Give each a prefix of its own: addOutputs({ prefix: \'Sales\' })',
    );
    second.addOutputs({ prefix: 'Second' });
    for (const options of [{ prefix: 'Second' }, { prefix: 'Third' }, {}])
      expect(() => second.addOutputs(options)).toThrow(
        'Company/Second has its outputs already: call addOutputs once. GreenApiLogoutStack calls it itself',
      );

    const resources = Object.values(Template.fromStack(stack).toJSON().Resources) as readonly {
      readonly Type: string;
      readonly Properties?: Readonly<Record<string, unknown>>;
    }[];
    const names = resources.flatMap(({ Type, Properties = {} }) =>
      Object.entries(Properties)
        .filter(([field]) => ['Name', 'AlarmName', 'DashboardName', 'LogGroupName'].includes(field))
        .map(([, name]) => `${Type} ${JSON.stringify(name)}`),
    );
    const repeated = names.filter((name, index) => names.indexOf(name) < index);

    expect(names.length).toBeGreaterThan(40);
    expect(repeated.filter((name) => !/Stage|Alias|Authorizer/.test(name))).toEqual([]);
    const template = Template.fromStack(stack);
    for (const key of ['Endpoint', 'SecondEndpoint']) template.hasOutput(key, {});
    expect(names).toContainEqual(expect.stringMatching(/^AWS::Events::EventBus "Company-Second-[0-9A-F]{8}"$/));
  });

  test('can be twice in one stack with everything on, under the rules by which CDK validates templates', () => {
    const { folder, ...twice } = synthesize(configurations.twice);

    expect(Object.keys(wholeResourcesIn(twice, 'AWS::Scheduler::Schedule'))).toHaveLength(4);
    expect(existsSync(join(folder, 'validation-report.json'))).toBe(true);
  });

  test('adds nothing that the AwsSolutions rules object to; they find a permission that has no stated reason', () => {
    const { stack } = createConstruct();
    const violations = () => new AwsSolutionsChecks(stack).validateScope(stack).violations;
    const before = violations();
    createRole(stack, 'Planted').addToPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: ['*'] }),
    );

    expect(before).toEqual([]);
    expect(violations()).toHaveLength(1);
  });

  test('measures only its own logouts', () => {
    const { stack, logout } = createConstruct();
    const second = new GreenApiLogout(stack, 'Second');

    expect(logout.metricFailed().dimensions).toEqual({ stack: expect.stringMatching(/^Company-Logout-/) });
    expect(second.metricConfirmed({ function: 'run', period: Duration.hours(1) })).toMatchObject({
      dimensions: { stack: expect.stringMatching(/^Company-Second-/), function: 'run' },
      metricName: 'confirmed',
      namespace: 'green-api-logout',
      period: Duration.hours(1),
      statistic: 'Sum',
    });
    expect(logout.metricTimeToLogout()).toMatchObject({ metricName: 'timeToLogoutMs', statistic: 'Maximum' });
  });

  test.each([
    ['Company/Logout.memorySize must be a whole number from 128 to 10240 (got 64)', { memorySize: 64 }],
    [
      'Company/Logout.credentialTtl in milliseconds must be a whole number from 0 to 86400000 (got 172800000)',
      { credentialTtl: Duration.days(2) },
    ],
    [
      'Company/Logout.greenApiTimeout in milliseconds must be a whole number from 100 to 26000 (got 60000)',
      { greenApiTimeout: Duration.minutes(1) },
    ],
    ['Company/Logout.logRetention must be one of', { logRetention: RetentionDays.INFINITE }],
    ['Company/Logout.evidenceRetention must be one of', { evidenceRetention: 2 }],
    [
      'Company/Logout.runs.executionTimeout in days must be a whole number from 2 to 366 (got 2.5)',
      { runs: { executionTimeout: Duration.hours(60) } },
    ],
    [
      'Company/Logout.runs.retention in days must be a whole number from 1 to 90 (got 1.5)',
      { runs: { retention: Duration.hours(36) } },
    ],
    ['Company/Logout.runs.memorySize must be a whole number from 128', { runs: { memorySize: 64 } }],
    ['Company/Logout.runbookUrl must be an https URL without fragment', { runbookUrl: 'docs/runbook.md' }],
    ['Company/Logout.name must be up to 64 letters', { name: 'a b' }],
    [
      'Company/Logout.authorization.jwt.allow is missing, and so is scopes: every token',
      { authorization: { jwt: { issuer: jwt.issuer, audience: jwt.audience } } },
    ],
    ['Company/Logout.warmHosts must be a list', { warmHosts: ['a.example.com'] }],
  ])('refuses a wrong prop: %s', (problem, props) => {
    expect(() => createConstruct(props)).toThrow(problem);
  });

  test.each<[string, Offboarding]>([
    ['okta.partnerBusName', { okta: { partnerBusName: Aws.STACK_NAME } }],
    ['identityCenter.identityStoreId', { identityCenter: { identityStoreId: Aws.STACK_NAME } }],
    ['custom.putEventsFrom.accounts.0', { custom: { putEventsFrom: { accounts: [Aws.ACCOUNT_ID] } } }],
    ['custom.putEventsFrom.organization', { custom: { putEventsFrom: { organization: Aws.STACK_NAME } } }],
  ])('refuses a token for offboarding.%s, and says so', (prop, offboarding) => {
    expect(() => createConstruct({ offboarding })).toThrow(
      `Company/Logout.offboarding.${prop} must be a literal, not a token (got "\${Token[`,
    );
  });

  test('takes addresses and audiences that are known only at deployment', () => {
    const issuer = `https://cognito-idp.${Aws.REGION}.amazonaws.com/pool`;

    const { stack } = createConstruct({
      authorization: { jwt: { issuer, audience: [Aws.STACK_NAME], allow: { logout: 'everybody' } } },
      runbookUrl: Fn.importValue('RunbookUrl'),
    });

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      JwtConfiguration: { Audience: [{ Ref: 'AWS::StackName' }] },
    });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: { 'Fn::Join': ['', Match.arrayWith([{ 'Fn::ImportValue': 'RunbookUrl' }])] },
    });
  });

  test('keeps evidence for good, if that is asked', () => {
    const { stack } = createConstruct({ evidenceRetention: RetentionDays.INFINITE });

    const logs = Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'));
    expect(logs.filter(({ Properties }) => Properties?.RetentionInDays === undefined)).toHaveLength(1);
    expect(
      new NIST80053R5Checks(stack).validateScope(stack).violations.filter(({ ruleName }) => /Retention/.test(ruleName)),
    ).toEqual([]);
  });

  test('names the settings that make the variables of a function too long for Lambda', () => {
    const allowedApiHosts = Array.from({ length: 200 }, (_, index) => `${index}.proxy.example.com`);

    expect(() => createConstruct({ allowedApiHosts })).toThrow(
      /^Company\/Logout\/\S+: the variables of the function take 4\d{3} bytes, and Lambda allows 4096\. Shorten the longest settings: allowedApiHosts 4\d{3},/,
    );
  });

  test('names every wrong prop at once', () => {
    const props = { memorySize: 64, runs: { executionTimeout: Duration.hours(60), memorySize: 64 } };

    expect(() => createConstruct(props)).toThrow(
      /Logout\.memorySize must .*\n.*Logout\.runs\.executionTimeout in days must .*\n.*Logout\.runs\.memorySize must /,
    );
  });
});

test('the stack takes ARNs in place of CDK objects that are undefined', () => {
  const props = {
    ...{ alarmTopicArn: topicArn, alarmTopic: undefined },
    ...{ encryptionKeyArn: keyArn, encryptionKey: undefined },
  };

  // As JavaScript: these props must not be undefined in TypeScript.
  const stack = new GreenApiLogoutStack(createApp(), 'Company', props as object);

  const template = Template.fromStack(stack);
  template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topicArn] });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt', Resource: keyArn })]) },
  });
  template.hasOutput('AlarmTopic', { Value: topicArn });
  template.hasOutput('EncryptionKey', { Value: keyArn });
});

describe('notifications', () => {
  const rulesOfBus = 'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/logout/*';

  test('may be published to a topic of the app by the rules of this bus, with its key, and by nobody else', () => {
    const { stack } = createConstruct((scope) => ({
      name: 'logout',
      notifications: [
        { topic: new Topic(scope, 'Mail', { masterKey: new Key(scope, 'Key') }) },
        { topic: topicArn, format: 'chat' },
      ],
    }));

    const template = Template.fromStack(stack);
    const statements = (type: string, policy: string) =>
      Object.values(template.findResources(type)).flatMap(({ Properties }) => Properties[policy].Statement);
    expect(
      statements('AWS::SNS::TopicPolicy', 'PolicyDocument').map((statement) => JSON.parse(render(statement))),
    ).toEqual([
      expect.objectContaining({
        Action: 'sns:Publish',
        Condition: { ArnLike: { 'aws:SourceArn': rulesOfBus } },
        Principal: { Service: 'events.amazonaws.com' },
        Resource: expect.stringMatching(/^<Mail/),
      }),
    ]);
    expect(statements('AWS::KMS::Key', 'KeyPolicy')).toContainEqual(
      expect.objectContaining({
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Principal: { Service: 'events.amazonaws.com' },
      }),
    );
    expect(rulesTo(template)).toEqual([expect.stringMatching(/^<Mail/), topicArn]);
  });

  test('reach a topic of another stack', () => {
    const app = createApp();
    const topic = new Topic(new Stack(app, 'Topics'), 'Mail');

    new GreenApiLogout(new Stack(app, 'Company'), 'Logout', { name: 'logout', notifications: { topic } });

    expect(() => app.synth()).not.toThrow();
  });

  const rulesTo = (template: Template) =>
    Object.entries(template.findResources('AWS::Events::Rule'))
      .filter(([id]) => id.includes('Notifications'))
      .map(([, { Properties }]) => render(Properties.Targets[0].Arn));
});

describe('a grant', () => {
  const api = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<LogoutHttpApi>/*';

  test('lets a role log one instance out, or every instance', () => {
    const { stack, logout } = createConstruct();
    const [one, all] = [createRole(stack, 'PhoneDesk'), createRole(stack, 'SecurityDesk')];

    const grant = logout.grantLogout(one, '1101000001');
    logout.grantLogout(all);

    expect(grant.success).toBe(true);
    expect(rightsOf(one)).toEqual([`execute-api:Invoke ${api}/POST/instances/1101000001/logout`]);
    expect(rightsOf(all)).toEqual([`execute-api:Invoke ${api}/POST/instances/*/logout`]);
  });

  test('refuses what is no id of an instance', () => {
    const { stack, logout } = createConstruct();

    expect(() => logout.grantLogout(createRole(stack, 'PhoneDesk'), '../x')).toThrow(
      'idInstance must be 1 to 20 digits, for example 1101000001 (got "../x")',
    );
  });

  test('lets a role list instances, or start, read and stop runs', () => {
    const { stack, logout } = createConstruct();
    const [reader, starter] = [createRole(stack, 'Reader'), createRole(stack, 'Starter')];

    logout.grantReadInstances(reader);
    logout.grantStartRuns(starter);

    expect(rightsOf(reader)).toEqual([
      `execute-api:Invoke ${api}/GET/instances`,
      `execute-api:Invoke ${api}/GET/instances/*/state`,
    ]);
    expect(rightsOf(starter)).toEqual([
      `execute-api:Invoke ${api}/DELETE/forced-logouts/*`,
      `execute-api:Invoke ${api}/DELETE/watches/*`,
      `execute-api:Invoke ${api}/GET/forced-logouts`,
      `execute-api:Invoke ${api}/GET/forced-logouts/*`,
      `execute-api:Invoke ${api}/GET/watches/*`,
      `execute-api:Invoke ${api}/POST/forced-logouts`,
    ]);
  });

  test('of the API is an error with JWT, under which it has no effect', () => {
    const { stack, logout } = createConstruct({ authorization: { jwt } });
    const role = createRole(stack, 'PhoneDesk');

    for (const grant of ['grantLogout', 'grantReadInstances', 'grantStartRuns'] as const)
      expect(() => logout[grant](role)).toThrow('This API is authorized by JWT, so a grant has no effect');
  });

  test('lets a role read the evidence', () => {
    const { stack, logout } = createConstruct();
    const role = createRole(stack, 'Auditor');

    logout.grantReadEvidence(role);

    const group = 'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<LogoutEvidence>';
    expect(rightsOf(role)).toEqual(
      [
        ...['DescribeLogStreams', 'FilterLogEvents', 'GetLogEvents', 'StartQuery'].flatMap((action) =>
          ['<LogoutEvidence.Arn>', group].map((resource) => `logs:${action} ${resource}`),
        ),
        ...['logs:GetQueryResults *', 'logs:StopQuery *'],
      ].sort(),
    );
  });

  test('of the evidence lets a role read the vault, and not write to it', () => {
    const { stack, logout } = createConstruct({ evidenceVault: { years: 7, mode: 'COMPLIANCE' } });
    const role = createRole(stack, 'Auditor');

    logout.grantReadEvidence(role);

    const rights = rightsOf(role).filter((right) => right.startsWith('s3:'));
    expect(createConstruct().logout.evidenceVault).toBeUndefined();
    expect(rights).toEqual(expect.arrayContaining(['s3:GetObject* <LogoutEvidenceVaultBucket.Arn>/*']));
    expect(rights.filter((right) => !/^s3:(?:Get|List)/.test(right))).toEqual([]);
  });

  test('lets a role enroll instances: their secrets, and the key through Secrets Manager alone', () => {
    const { stack, logout } = createConstruct((scope) => ({ encryptionKey: Key.fromKeyArn(scope, 'Key', keyArn) }));
    const role = createRole(stack, 'Administrator');

    logout.grantEnroll(role);

    const secrets = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:green-api/*';
    const viaSecretsManager = '{"StringEquals":{"kms:ViaService":"secretsmanager.<AWS::Region>.amazonaws.com"}}';
    expect(rightsOf(role)).toEqual(
      [
        'cloudformation:DescribeStacks <AWS::StackId>',
        ...rightsFor(enrollCommand).map((right) => `${right} ${secrets}`),
        ...['Decrypt', 'GenerateDataKey'].map((action) => `kms:${action} ${keyArn} ${viaSecretsManager}`),
      ].sort(),
    );
  });

  test.each([
    ['AWS IAM', {}, ['execute-api:Invoke']],
    ['JWT, where the API takes a token', { authorization: { jwt } }, []],
  ])('lets a role use doctor, and read no log, message or secret (%s)', (_name, props, more) => {
    const { stack, logout } = createConstruct((scope) => ({
      alarmTopic: new Topic(scope, 'OnCall'),
      notifications: { topic: new Topic(scope, 'Told') },
      ...props,
    }));
    const role = createRole(stack, 'Watcher');

    logout.grantDiagnose(role);

    const rights = rightsOf(role);
    const actions = new Set(rights.map((right) => right.split(' ')[0]));
    expect([...actions].sort()).toEqual(
      [...new Set(['cloudformation:DescribeStacks', ...rightsFor(doctorCommand), ...more])].sort(),
    );
    expect(rights.filter((right) => right.startsWith('sqs:'))).toHaveLength(
      Object.keys(Template.fromStack(stack).findResources('AWS::SQS::Queue')).length,
    );
    expect(rights.filter((right) => right.startsWith('sns:'))).toHaveLength(2);
    expect(rights.filter((right) => right.endsWith(' *')).sort()).toEqual([
      'cloudwatch:DescribeAlarms *',
      'cloudwatch:GetMetricData *',
      'lambda:GetAccountSettings *',
    ]);
  });

  test('lets a role put offboarding events on the bus, of the configured sources only', () => {
    const any = createConstruct();
    const restricted = createConstruct({ offboarding: { custom: { sources: ['com.example.hr', 'com.example.it'] } } });
    const [anyRole, restrictedRole] = [createRole(any.stack, 'Hr'), createRole(restricted.stack, 'Hr')];

    any.logout.grantPutOffboardingEvents(anyRole);
    restricted.logout.grantPutOffboardingEvents(restrictedRole);

    expect(rightsOf(anyRole)).toEqual(['events:PutEvents <LogoutEventsBus.Arn>']);
    expect(rightsOf(restrictedRole)).toEqual([
      'events:PutEvents <LogoutEventsBus.Arn> {"ForAllValues:StringEquals":{"events:source":["com.example.hr","com.example.it"]}}',
    ]);
  });
});

test('a stack whose name is too long for a deployment is told to set a name of its own', () => {
  const id = `Security${'-of-a-large-company'.repeat(4)}`;

  expect(() => new GreenApiLogoutStack(createApp(), id)).toThrow(
    `the name of the stack has ${id.length} characters, but the name of a deployment at most 64. Set name,`,
  );
  expect(new GreenApiLogoutStack(createApp(), id, { name: 'logout' }).stackName).toBe(id);
});

describe('the synthesis warns', () => {
  test.each([
    ['eu-central-1', []],
    ['eusc-de-east-1', []],
    ['us-gov-west-1', ['Lambda has no durable functions in us-gov-west-1']],
    ['cn-north-1', ['Lambda has no durable functions in cn-north-1']],
  ])('of a Region without durable functions, and of no other (%s)', (region, expected) => {
    const stack = new Stack(createApp(), 'Company', { env: { region } });
    new GreenApiLogout(stack, 'Logout', { alarmTopic: new Topic(stack, 'OnCall') });

    expect(warningsIn(stack)).toEqual(expected.map((text) => expect.stringContaining(text)));
  });

  test('of a prefix below that of another deployment, unless that one leaves it alone or is in another Region', () => {
    const warnings = (otherPrefixes: readonly string[]) => {
      const app = createApp();
      new GreenApiLogout(new Stack(app, 'Elsewhere', { env: { region: 'us-east-1' } }), 'Logout');
      const stack = new Stack(app, 'Company', { env: { region: 'eu-central-1' } });
      const alarmTopic = new Topic(stack, 'OnCall');
      new GreenApiLogout(stack, 'All', { alarmTopic, otherPrefixes });
      new GreenApiLogout(stack, 'Sales', { alarmTopic, secretPrefix: 'green-api/sales/' });
      return warningsIn(stack);
    };

    expect(warnings([])).toEqual([
      expect.stringMatching(/^The prefix green-api\/sales\/ of one deployment is below green-api\/ of another/),
    ]);
    expect(warnings(['green-api/sales/'])).toEqual([]);
  });

  test('of a prefix that two deployments in one account and Region have, and of no other', () => {
    const { stack } = createConstruct();
    new GreenApiLogout(stack, 'Second');

    expect(warningsIn(stack)).toContainEqual(
      expect.stringMatching(/^Two deployments in one account and Region have the prefix green-api\/, so each/),
    );
  });

  test.each<[string, Environment, Environment, string | undefined]>([
    ['the same account and Region', here, here, 'green-api/'],
    ['another account', here, { ...here, account: '222233334444' }, undefined],
    ['another Region', here, { ...here, region: 'us-east-1' }, undefined],
    // Each may be deployed with another profile.
    ['no account and no Region', {}, {}, undefined],
    ['no account', { region: here.region }, { region: here.region }, undefined],
  ])('of the same prefix in two stacks with %s', (_, first, second, doubled) => {
    const app = createApp();
    const [, secrets] = [first, second].map(
      (env, at) =>
        new InstanceSecrets(
          new Stack(app, `Stack${at}`, { env }),
          'Secrets',
          { secretPrefix: 'green-api/', otherPrefixes: [] },
          undefined,
        ),
    );

    expect(secrets?.doubled).toBe(doubled);
  });

  test('of alarms that notify nobody', () => {
    expect(warningsIn(createConstruct().stack)).toEqual([
      'Alarms notify nobody: set an alarm topic, or watch them in CloudWatch.',
    ]);
  });

  test.each<[string, (stack: Stack) => Topic]>([
    [
      'by name',
      (stack) => new Topic(stack, 'OnCall', { masterKey: Alias.fromAliasName(stack, 'Key', 'alias/aws/sns') }),
    ],
  ])('of a topic under the key of SNS itself, which CloudWatch may not use (%s)', (_name, createTopic) => {
    const { stack } = createConstruct((scope) => ({ alarmTopic: createTopic(scope) }));

    expect(warningsIn(stack)).toEqual([expect.stringMatching(/^Alarms notify nobody: CloudWatch cannot publish/)]);
  });

  test('of a topic under that key, to which EventBridge cannot publish', () => {
    const { stack } = createConstruct((scope) => ({
      alarmTopic: new Topic(scope, 'OnCall'),
      notifications: {
        topic: new Topic(scope, 'Mail', { masterKey: Alias.fromAliasName(scope, 'Key', 'alias/aws/sns') }),
      },
    }));

    expect(warningsIn(stack)).toEqual([expect.stringMatching(/^Notifications reach nobody: EventBridge cannot/)]);
  });
});

test('more than ten functions take a second alarm of each kind, because an alarm takes ten metrics', () => {
  const stack = new Stack(createApp(), 'Company');
  const deployment = createDeployment(stack, { name: 'logout' });
  const functions = functionNames.map(
    (name) => new ServiceFunction(stack, name, { deployment, environment: {}, logGroup: deployment.evidence }),
  );

  addFunctionAlarms(deployment.alarms, functions, 'logout');

  const found = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties: { AlarmName, AlarmDescription, Metrics } }) => [
      AlarmName,
      Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat !== undefined).length,
      AlarmDescription.split('#')[1],
    ],
  );
  const rest = functionNames.length - 10;
  expect(found).toEqual([
    ['logout-function-failed', 10, 'function-failed'],
    ['logout-function-failed-2', rest, 'function-failed'],
    ['logout-function-throttled', 10, 'function-throttled'],
    ['logout-function-throttled-2', rest, 'function-throttled'],
  ]);
});
