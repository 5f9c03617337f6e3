import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deskRoutes, isDeskPage, routeKeyOf, routes } from '../../functions/http/routes.ts';
import { readWarmingEnvironment } from '../../functions/logout/warm-up.ts';
import { parseVariables } from '../../functions/platform/environment.ts';
import { listingSettings, readEnvironment, readStartingEnvironment } from '../../functions/platform/settings.ts';
import { functionNames } from '../../infra/bundling/bundling.ts';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import { pascalCase } from '../../infra/constructs/pascal-case.ts';
import { costBeside } from '../bench/cost.ts';
import { tableOfMonths } from '../bench/cost-of-month.ts';
import { compileCache } from '../support/compile-cache.ts';
import {
  configurations,
  dataKeyArn,
  everything,
  jwt,
  keyArn,
  permissionsIn,
  propertiesOfEach,
  readExample,
  render,
  resourcesIn,
  type Synthesized,
  synthesize,
  synthesizedExample,
  topicArn,
  wholeResourcesIn,
} from '../support/synthesize.ts';

const plain = synthesize(configurations.plain);
const custom = synthesize(everything);
const defaults = parseConfiguration();
const both = [
  ['plain', plain],
  ['custom', custom],
] as const;

const functionsOf = (synthesized: Synthesized) => propertiesOfEach(synthesized, 'AWS::Lambda::Function');

const routesOf = (synthesized: Synthesized) =>
  propertiesOfEach(synthesized, 'AWS::ApiGatewayV2::Route').map(
    ({ RouteKey, AuthorizationType, AuthorizationScopes, AuthorizerId }) => ({
      route: RouteKey,
      authorization: AuthorizationType,
      scopes: AuthorizationScopes,
      authorizer: AuthorizerId && render(AuthorizerId),
    }),
  );

describe('the API', () => {
  test('requires a signature of AWS IAM on every route by default', () => {
    expect(routesOf(plain)).toEqual(routes.map((route) => ({ route: routeKeyOf(route), authorization: 'AWS_IAM' })));
  });

  test('requires a token of the configured issuer, with the scopes of the route, on every route', () => {
    expect(routesOf(custom)).toEqual(
      routes.map((route) => ({
        route: routeKeyOf(route),
        authorization: 'JWT',
        scopes: jwt.scopes[routeKeyOf(route) as keyof typeof jwt.scopes],
        authorizer: '<HttpApiJwt>',
      })),
    );
    expect(propertiesOfEach(custom, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject([
      {
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: jwt.issuer, Audience: jwt.audience },
      },
    ]);
  });

  test('reaches its functions by its own routes: no function URL, and each permission names one route of this API', () => {
    const permissions = propertiesOfEach(plain, 'AWS::Lambda::Permission').filter(
      ({ Principal }) => Principal === 'apigateway.amazonaws.com',
    );

    expect(permissions.map(({ Principal, SourceArn }) => `${Principal} ${render(SourceArn)}`)).toEqual(
      routes.map(
        ({ path }) =>
          `apigateway.amazonaws.com arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<HttpApi>/*/*${path}`,
      ),
    );
    expect(resourcesIn(plain, 'AWS::Lambda::Url')).toEqual({});
  });

  test.each([
    [
      'by default',
      plain,
      {
        ThrottlingRateLimit: defaults.throttling.rateLimit,
        ThrottlingBurstLimit: defaults.throttling.burstLimit,
      },
    ],
    ['as configured', custom, { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 }],
  ])('is throttled %s', (_name, synthesized, DefaultRouteSettings) => {
    expect(propertiesOfEach(synthesized, 'AWS::ApiGatewayV2::Stage')).toMatchObject([{ DefaultRouteSettings }]);
  });

  test('is reached by its own address, or by a domain alone', () => {
    expect(propertiesOfEach(plain, 'AWS::ApiGatewayV2::Api')).toMatchObject([{ DisableExecuteApiEndpoint: false }]);
    expect(resourcesIn(plain, 'AWS::ApiGatewayV2::ApiMapping')).toEqual({});
    expect(propertiesOfEach(custom, 'AWS::ApiGatewayV2::Api')).toMatchObject([{ DisableExecuteApiEndpoint: true }]);
    expect(Object.values(wholeResourcesIn(custom, 'AWS::ApiGatewayV2::ApiMapping'))).toMatchObject([
      {
        Properties: { DomainName: 'logout.example.com', Stage: '$default' },
        // The stage's name is no reference, so CloudFormation would not wait for it.
        DependsOn: [expect.stringMatching(/^HttpStage/)],
      },
    ]);
    expect(custom.template.Outputs.Endpoint?.Value).toBe('https://logout.example.com');
  });

  test('logs each call as JSON, without its path, which may hold a token', () => {
    const { AccessLogSettings } = resourcesIn(plain, 'AWS::ApiGatewayV2::Stage').HttpStage;

    expect(render(AccessLogSettings.DestinationArn)).toBe('<HttpAccessLog.Arn>');
    expect(Object.keys(JSON.parse(AccessLogSettings.Format))).toContain('requestId');
    expect(AccessLogSettings.Format).not.toMatch(/path/i);
  });
});

/** Those that are deployed whatever the configuration. */
const optional = ['scim', 'webhook', 'desk', 'evidence-vault', 'rotate-token'];
const always = functionNames.filter((name) => !optional.includes(name));

describe('the functions', () => {
  test('are the functions there are, each with the very bundle that the build wrote', () => {
    const digestOf = (folder: string) =>
      createHash('sha256')
        .update(readFileSync(join(folder, 'index.mjs')))
        .digest('hex');
    const deployed = functionsOf(plain).map(({ Code }) =>
      digestOf(join(plain.folder, `asset.${Code.S3Key.replace('.zip', '')}`)),
    );

    expect(deployed.sort()).toEqual(always.map((functionName) => digestOf(join(distFolder, functionName))).sort());
  });

  test.each([
    ['plain', plain, { Mode: 'Active' }],
    ['custom', custom, undefined],
  ])('run on Node 24 and arm64, log JSON and trace if they are to (%s)', (_name, synthesized, TracingConfig) => {
    for (const properties of functionsOf(synthesized)) {
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON' },
      });
      expect(properties.TracingConfig).toEqual(TracingConfig);
    }
  });

  test('end before the gateway gives up, but for those that nobody waits for', () => {
    const { RunFunction, WatchFunction, ...others } = resourcesIn(plain, 'AWS::Lambda::Function');

    expect([RunFunction?.Timeout, WatchFunction?.Timeout]).toEqual([15 * 60, 15 * 60]);
    expect(resourcesIn(custom, 'AWS::Lambda::Function').RotateTokenFunction?.Timeout).toBe(2 * 60);
    expect(new Set(Object.values(others).map(({ Timeout }) => Timeout))).toEqual(new Set([29]));
  });

  test('have the memory that is configured', () => {
    const memoryOf = (synthesized: Synthesized) => {
      const { RunFunction, WatchFunction, ...others } = resourcesIn(synthesized, 'AWS::Lambda::Function');
      expect(WatchFunction?.MemorySize).toBe(RunFunction?.MemorySize);
      return [RunFunction?.MemorySize, ...new Set(Object.values(others).map(({ MemorySize }) => MemorySize))];
    };

    expect(memoryOf(plain)).toEqual([defaults.runs.memoryMb, defaults.memoryMb]);
    expect(memoryOf(custom)).toEqual([1_024, 384]);
    const page = readFileSync(join(__dirname, '../../docs/configuration.md'), 'utf8');
    expect(page).toMatch(/^\| `memoryMb` \| \d+ \| of each function except `run` and `watch` \|$/m);
    expect(page).toMatch(/^\| `runs\.memoryMb` \| \d+ \| memory of the functions `run` and `watch` \|$/m);
  });

  const variablesOf = (functionName: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(
        resourcesIn(custom, 'AWS::Lambda::Function')[`${functionName}Function`]?.Environment.Variables ?? {},
      ).map(([name, value]) => [name, render(value).replace(/[<>]/g, '')]),
    );

  test('get the configuration in variables that they can parse', () => {
    const calling = {
      secretPrefix: 'staging/green-api/',
      allowedApiHosts: ['3100.api.example.com', 'proxy.example.com:8443'],
      credentialTtlMs: 0,
      greenApiTimeoutMs: 26_000,
      tokenRotation: true,
      eventBus: 'EventsBus',
      stack: 'logout-staging',
    };
    const starting = {
      runFunction: 'RunFunction',
      runQualifier: 'live',
      stack: 'logout-staging',
      maxTargetsCeiling: 3_000,
      executionTimeoutMs: 90 * 24 * 60 * 60 * 1_000,
      tokenRotation: true,
    };

    expect(readEnvironment(variablesOf('Logout'))).toEqual(calling);
    expect(readEnvironment(variablesOf('Run'))).toEqual(calling);
    expect(parseVariables(listingSettings, variablesOf('Run'))).toEqual({
      secretPrefix: 'staging/green-api/',
      otherPrefixes: ['staging/green-api/sales/'],
    });
    expect(readWarmingEnvironment(variablesOf('Logout'))).toEqual({
      instances: everything.warmInstances,
      hosts: everything.warmHosts,
    });
    expect(readWarmingEnvironment(variablesOf('Run'))).toEqual({ instances: [], hosts: [] });
    expect(variablesOf('Instances')).toEqual({
      SECRET_PREFIX: 'staging/green-api/',
      OTHER_PREFIXES: 'staging/green-api/sales/',
    });
    for (const functionName of ['ForcedLogouts', 'Schedule', 'Offboarding']) {
      expect(readStartingEnvironment(variablesOf(functionName))).toEqual(starting);
    }
  });
});

describe('the logs', () => {
  test.each([
    ['by default', plain, { evidence: defaults.evidenceRetentionDays, others: defaults.logRetentionDays, more: [] }],
    ['as configured', custom, { evidence: 3653, others: 7, more: ['EvidenceVaultLog', 'RotateTokenLog'] }],
  ])('are all kept for a time %s', (_name, synthesized, days) => {
    const { Evidence: evidence, ...others } = resourcesIn(synthesized, 'AWS::Logs::LogGroup');

    expect(evidence?.RetentionInDays).toBe(days.evidence);
    expect(Object.keys(others).sort()).toEqual(
      ['HttpAccessLog', 'InstancesLog', 'OffboardingLog', 'ScheduleLog', 'StateLog', ...days.more].sort(),
    );
    expect(new Set(Object.values(others).map(({ RetentionInDays }) => RetentionInDays))).toEqual(
      new Set([days.others]),
    );
  });

  test('of logout, run and forced-logouts are one, the evidence, which outlives the stack; the others go with it', () => {
    const groups = Object.entries(wholeResourcesIn(plain, 'AWS::Logs::LogGroup'));

    expect(
      groups.filter(([, { DeletionPolicy }]) => DeletionPolicy !== 'Delete').map(([id]) => render({ Ref: id })),
    ).toEqual(['<Evidence>']);
    // A deployment that fails at first takes the log with it, so that the next one finds its name free.
    expect(groups.find(([id]) => render({ Ref: id }) === '<Evidence>')?.[1]).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(
      Object.entries(resourcesIn(plain, 'AWS::Lambda::Function'))
        .filter(([, { LoggingConfig }]) => render(LoggingConfig.LogGroup) === '<Evidence>')
        .map(([id]) => id),
    ).toEqual(expect.arrayContaining(['LogoutFunction', 'RunFunction', 'ForcedLogoutsFunction']));
  });
});

describe('the alarms', () => {
  test('watch the API, every function, every failed logout, runs, and the queues that should be empty', () => {
    const alarms = propertiesOfEach(plain, 'AWS::CloudWatch::Alarm');
    const invoked = always.filter((name) => name !== 'run' && name !== 'watch');
    const metricsOf = (metric: (name: string) => string) =>
      invoked.map((name) => `${metric(name)} of <${pascalCase(name)}Function>`);
    const sum = (metrics: readonly string[]) => `sum of ${metrics.toSorted().join(', ')}`;
    const trouble = (of: string, ...more: readonly string[]) =>
      sum([...more, `DurableExecutionTimedOut of ${of}`, `Throttles of ${of}`]);

    const nameOf = ({ MetricName, Dimensions, Metrics = [] }: (typeof alarms)[number]): string => {
      if (MetricName !== undefined) return `${MetricName} of ${render(Dimensions[0].Value)}`;
      const [{ Expression }, ...parts] = Metrics;
      expect(Expression).toBe(parts.map(({ Id }: { Id: string }) => Id).join(' + '));
      return sum(parts.map(({ MetricStat }: { MetricStat: { Metric: object } }) => nameOf(MetricStat.Metric)));
    };

    expect(alarms.map(nameOf).sort()).toEqual(
      [
        '5xx of <HttpApi>',
        sum(metricsOf(() => 'Throttles')),
        // Lambda repeats an event that failed: what counts is that it gave the event up.
        sum(metricsOf((name) => (/^(?:schedule|offboarding)$/.test(name) ? 'AsyncEventsDropped' : 'Errors'))),
        ...['failed of logout', 'failed of run'],
        // No errors: stopping an execution ends its invocation with one. No Failed of runs: it counts drills.
        trouble('<RunFunction>', 'runFailed of green-api-logout'),
        trouble('<WatchFunction>', 'DurableExecutionFailed of <WatchFunction>', 'watchUnread of green-api-logout'),
        sum(
          ['unreadableSecrets', 'leaverProtected', 'scheduleFoundNobody', 'ownerRenamed'].map(
            (name) => `${name} of green-api-logout`,
          ),
        ),
        'linkedAgain of green-api-logout',
        ...['failedEvents of offboarding', 'failedEvents of schedule'],
        ...['failedDrill of green-api-logout', 'nobodyLoggedOut of green-api-logout'],
        ...['ScheduleFailed', 'ScheduleUndelivered', 'OffboardingFailed', 'OffboardingUndelivered'].map(
          (queue) => `ApproximateNumberOfMessagesVisible of <${queue}.QueueName>`,
        ),
      ].sort(),
    );
  });

  test('cost what the documentation says: CloudWatch charges for each metric of an alarm', () => {
    const alarms = propertiesOfEach(plain, 'AWS::CloudWatch::Alarm');
    const metrics = alarms.flatMap(({ MetricName, Metrics = [] }) =>
      MetricName === undefined ? Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat) : MetricName,
    );

    const page = readFileSync(join(__dirname, '../../docs/performance.md'), 'utf8');
    expect(page).toContain(`${alarms.length} alarms over ${metrics.length} metrics`);
    const { traces, lambdaLines, accessLog } = costBeside;
    expect(page).toContain(`| X-Ray | ${traces.least.toFixed(2)} to ${traces.most.toFixed(2)} |`);
    expect(page).toContain(`| Lambda's own log lines | ${lambdaLines.toFixed(2)} |`);
    expect(page).toContain(`| access log | ${accessLog.toFixed(2)} |`);
    expect(page).toContain(tableOfMonths(metrics.length));
  });

  test('ring at the first one of anything', () => {
    for (const alarm of propertiesOfEach(plain, 'AWS::CloudWatch::Alarm'))
      expect(alarm).toMatchObject({
        Threshold: 1,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
  });

  test('of queues stay as they are while an idle queue reports nothing; to all others nothing reported is no alarm', () => {
    for (const { MetricName, TreatMissingData } of propertiesOfEach(plain, 'AWS::CloudWatch::Alarm'))
      expect([MetricName, TreatMissingData]).toEqual([
        MetricName,
        MetricName === 'ApproximateNumberOfMessagesVisible' ? 'ignore' : 'notBreaching',
      ]);
  });

  test('state their impact on people and name the section of the runbook', () => {
    for (const { AlarmName, AlarmDescription } of propertiesOfEach(plain, 'AWS::CloudWatch::Alarm')) {
      const name = AlarmName.replace('green-api-logout-', '');
      expect(AlarmDescription).toMatch(
        /(?:still be logged in|, and logouts go on|\. Logouts go on)\. What to do: \S+$/,
      );
      expect(AlarmDescription.endsWith(`docs/operations.md#${name}`)).toBe(true);
    }
  });

  test('link to the configured runbook', () => {
    for (const { AlarmName, AlarmDescription } of propertiesOfEach(custom, 'AWS::CloudWatch::Alarm')) {
      const name = AlarmName.replace('logout-staging-', '');
      expect(AlarmDescription).toMatch(new RegExp(` https://wiki\\.example\\.com/runbook\\?view=plain#${name}$`));
    }
  });

  test('write to the configured topic, or to nobody', () => {
    for (const alarm of propertiesOfEach(custom, 'AWS::CloudWatch::Alarm'))
      expect(alarm).toMatchObject({ AlarmActions: [topicArn] });
    for (const alarm of propertiesOfEach(plain, 'AWS::CloudWatch::Alarm'))
      expect(alarm).not.toHaveProperty('AlarmActions');
  });
});

test.each(both)('the AwsSolutions rules find nothing that has no stated reason (%s)', (_name, { violations }) => {
  expect(violations).toEqual([]);
});

test('the NIST 800-53 R5 rules find nothing that has no stated reason, but for what a prop ends', () => {
  expect([...plain.nistViolations].sort()).toEqual([
    'NIST.800.53.R5-CloudWatchAlarmAction',
    'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
    'NIST.800.53.R5-LambdaInsideVPC',
  ]);
  expect(synthesize(configurations.everyEntrance).nistViolations).toEqual([]);
});

describe('a network of the company', () => {
  test('holds every function', () => {
    for (const { VpcConfig } of functionsOf(custom))
      expect(VpcConfig).toEqual({
        SubnetIds: everything.network.subnetIds,
        SecurityGroupIds: everything.network.securityGroupIds,
      });
    expect(resourcesIn(custom, 'AWS::EC2::SecurityGroup')).toEqual({});
  });

  test('gets one security group of its own if none is named, which lets HTTPS out and the ports of allowed hosts', () => {
    const ownGroup = synthesize(configurations.ownSecurityGroup);

    const [group] = propertiesOfEach(ownGroup, 'AWS::EC2::SecurityGroup');
    expect(
      group?.SecurityGroupEgress.map(({ CidrIp, FromPort, ToPort }: Record<string, unknown>) => [
        CidrIp,
        FromPort,
        ToPort,
      ]),
    ).toEqual([
      ['0.0.0.0/0', 443, 443],
      ['0.0.0.0/0', 8443, 8443],
    ]);
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    for (const { VpcConfig } of functionsOf(ownGroup))
      expect(render(VpcConfig.SecurityGroupIds)).toBe('["<SecurityGroup.GroupId>"]');
  });
});

test('a key of the company encrypts logs, queues, run history and vault', () => {
  const groups = propertiesOfEach(custom, 'AWS::Logs::LogGroup');
  const keysOf = (type: string, keyIn: (properties: (typeof groups)[number]) => unknown) =>
    new Set(propertiesOfEach(custom, type).map(keyIn));

  expect(keysOf('AWS::Logs::LogGroup', ({ KmsKeyId }) => KmsKeyId)).toEqual(new Set([dataKeyArn]));
  expect(keysOf('AWS::SQS::Queue', ({ KmsMasterKeyId }) => KmsMasterKeyId)).toEqual(new Set([dataKeyArn]));
  expect(functionsOf(custom).flatMap(({ DurableConfig }) => DurableConfig?.KMSKeyArn ?? [])).toEqual([
    dataKeyArn,
    dataKeyArn,
  ]);
  expect(
    keysOf(
      'AWS::S3::Bucket',
      ({ BucketEncryption }) =>
        BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.KMSMasterKeyID,
    ),
  ).toEqual(new Set([dataKeyArn]));
});

test('the documentation lists every service whose rights a deployment takes', () => {
  const types = [configurations.everyEntrance, configurations.ownSecurityGroup].flatMap((configuration) =>
    Object.values(synthesize(configuration).template.Resources).map(({ Type }) => Type),
  );
  const services = new Set(types.map((type) => type.split('::')[1]?.toLowerCase().replace(/v2$/, '')));

  const page = readFileSync(join(__dirname, '../../docs/construct.md'), 'utf8');
  const rights = page.slice(page.indexOf('\n## Rights to deploy'), page.indexOf('\n## Share it'));
  const [, ...rows] = rights.split('\n').filter((line) => line.startsWith('|'));
  const listed = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect([...services].filter((service) => !listed.includes(service))).toEqual([]);
  expect(services.size).toBeGreaterThan(9);
});

test.each(both)('the synthesis reports nothing (%s)', (_name, { annotations }) => {
  expect(annotations).toEqual([]);
});

test('the dashboard shows the metrics of the evidence, the runs and the API', () => {
  const [{ DashboardBody } = { DashboardBody: '' }] = propertiesOfEach(plain, 'AWS::CloudWatch::Dashboard');
  const { widgets } = JSON.parse(render(DashboardBody));

  expect(
    widgets.flatMap(({ properties }: { properties: { metrics: string[][] } }) =>
      properties.metrics.map(([namespace, name, , of]) => `${namespace} ${name} ${of}`),
    ),
  ).toEqual(
    expect.arrayContaining([
      ...['confirmed', 'failed', 'timeToLogoutMs'].flatMap((name) => [
        `green-api-logout ${name} logout`,
        `green-api-logout ${name} run`,
      ]),
      ...['nobodyLoggedOut', 'noInstance', 'failedDrill'].map((name) => `green-api-logout ${name} green-api-logout`),
      'AWS/Lambda DurableExecutionFailed <RunFunction>',
      'AWS/ApiGateway 5xx <HttpApi>',
    ]),
  );
});

test('the smallest sample app calls for one instance, invokes the function without the API, and has a schedule', () => {
  const smallest = synthesizedExample('smallest', 'Phones.template.json');

  expect(propertiesOfEach(smallest, 'AWS::Scheduler::Schedule')).toHaveLength(1);
  const rights = permissionsIn(smallest).filter((right) => /^\["<(?:Offboarding|Job)>"\]/.test(right));
  expect(rights).toEqual([
    expect.stringMatching(/^\["<Offboarding>"\] Allow execute-api:Invoke .*\/POST\/instances\/1101000001\/logout$/),
    expect.stringMatching(/^\["<Job>"\] Allow lambda:InvokeFunction <LogoutFunction\.Arn>$/),
    '["<Job>"] Allow lambda:InvokeFunction <LogoutFunction.Arn>:*',
  ]);
});

test.each([
  ['Staging', 'LogoutPipelineStagingLogout91C2A09F', 'https://logout.staging.example.com', 0],
  ['Production', 'LogoutPipelineProductionLogout70BB7456', 'https://logout.example.com', 1],
])('the sample app of a company deploys its environment %s', (environment, id, address, vaults) => {
  const stack = synthesizedExample('company', `assembly-LogoutPipeline-${environment}/${id}.template.json`);

  const endpoint = propertiesOfEach(stack, 'AWS::ApiGatewayV2::ApiMapping').map(({ DomainName }) => render(DomainName));
  expect(endpoint).toEqual(['<Domain>']);
  expect(propertiesOfEach(stack, 'AWS::ApiGatewayV2::DomainName')).toMatchObject([
    { DomainName: address.replace('https://', '') },
  ]);
  for (const { VpcConfig } of propertiesOfEach(stack, 'AWS::Lambda::Function'))
    expect(VpcConfig.SubnetIds).toHaveLength(2);
  for (const { KmsKeyId } of propertiesOfEach(stack, 'AWS::Logs::LogGroup')) expect(render(KmsKeyId)).toBe('<Key.Arn>');
  expect(Object.keys(resourcesIn(stack, 'AWS::S3::Bucket'))).toHaveLength(vaults);
  expect(propertiesOfEach(stack, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject([{ AuthorizerType: 'JWT' }]);
});

test.each(['smallest', 'company'])('the sample app %s needs no account to be synthesized', (example) => {
  expect(readExample(example, 'manifest.json')).toMatchObject({ version: expect.any(String) });
  expect(JSON.stringify(readExample(example, 'manifest.json'))).not.toContain('"missing"');
});

test('the sample app of a company has a pipeline that asks between its environments', () => {
  const pipeline = synthesizedExample('company', 'LogoutPipeline.template.json');

  const [{ Stages } = { Stages: [] }] = propertiesOfEach(pipeline, 'AWS::CodePipeline::Pipeline');
  const names = Stages.map(({ Name }: { Name: string }) => Name);
  expect(names.slice(-2)).toEqual(['Staging', 'Production']);
  expect(JSON.stringify(Stages.at(-1))).toContain('"Category":"Approval"');
});

test('the outputs name what a person needs to find', () => {
  const outputs = Object.entries(plain.template.Outputs);

  expect(Object.fromEntries(outputs.map(([id, { Value }]) => [id, render(Value)]))).toEqual({
    Authorization: 'AWS_IAM',
    Dashboard: '<Dashboard>',
    Endpoint: '<HttpApi.ApiEndpoint>',
    EventBus: '<EventsBus>',
    EventBusArn: '<EventsBus.Arn>',
    EvidenceLogGroup: '<Evidence>',
    OffboardingFailed: '<OffboardingFailed>',
    OffboardingFunction: '<OffboardingFunction>',
    OffboardingUndelivered: '<OffboardingUndelivered>',
    RunDeadLetters: '<RunDeadLetters>',
    RunFunction: '<RunFunction>',
    ScheduleFailed: '<ScheduleFailed>',
    ScheduleFunction: '<ScheduleFunction>',
    ScheduleGroup: 'green-api-logout',
    ScheduleUndelivered: '<ScheduleUndelivered>',
    SecretPrefix: 'green-api/',
    WatchFunction: '<WatchFunction>',
  });
});

test('the outputs name the identity providers, and what each is', () => {
  const { Outputs } = synthesize(configurations.identityProviders).template;

  expect(Outputs.IdentityProviders?.Value).toBe('hr=webhook,okta=okta-event-hook,entra=scim');
});

test('the outputs name what the command line needs to enroll instances', () => {
  const outputs = Object.entries(custom.template.Outputs);

  expect(Object.fromEntries(outputs.map(([id, { Value }]) => [id, render(Value)]))).toMatchObject({
    AllowedApiHosts: '3100.api.example.com,proxy.example.com:8443',
    Authorization: 'JWT',
    EncryptionKey: keyArn,
    SecretPrefix: 'staging/green-api/',
  });
});

test('the app reports an invalid configuration in one line, and fails', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, '../../infra/app.ts')], {
    encoding: 'utf8',
    timeout: 600_000,
    env: { ...compileCache, CDK_CONTEXT_JSON: JSON.stringify({ 'green-api-logout': { memoryMb: 64 } }) },
  });

  expect(status).toBe(1);
  expect(stderr).toBe('green-api-logout.memoryMb must be a whole number from 128 to 10240 (got 64)\n');
});

describe('the desk', () => {
  const withDesk = synthesize(configurations.desk);
  const { routeSettings, ...stage } = (() => {
    const { RouteSettings, ...rest } = resourcesIn(withDesk, 'AWS::ApiGatewayV2::Stage').HttpStage;
    return { routeSettings: RouteSettings as Readonly<Record<string, unknown>>, ...rest };
  })();

  test('has its own routes with its own authorizer; the page alone has none, and the other routes keep theirs', () => {
    expect(routesOf(withDesk)).toEqual([
      ...routes.map((route) => ({ route: routeKeyOf(route), authorization: 'AWS_IAM' })),
      ...deskRoutes.map((route) =>
        isDeskPage(route)
          ? { route: 'GET /desk', authorization: 'NONE' }
          : { route: routeKeyOf(route), authorization: 'JWT', authorizer: '<HttpApiDesk>' },
      ),
    ]);
    expect(propertiesOfEach(withDesk, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject([
      { JwtConfiguration: { Issuer: 'https://login.example.com/', Audience: ['desk'] } },
    ]);
  });

  test('is throttled by itself, route by route', () => {
    expect(Object.keys(routeSettings).toSorted()).toEqual(deskRoutes.map(routeKeyOf).toSorted());
    expect(new Set(Object.values(routeSettings).map((limits) => JSON.stringify(limits)))).toEqual(
      new Set(['{"ThrottlingRateLimit":20,"ThrottlingBurstLimit":50}']),
    );
    expect(stage.DefaultRouteSettings.ThrottlingRateLimit).toBe(defaults.throttling.rateLimit);
  });

  test('tells every function of the API who may do what, and only the page who the issuer is', () => {
    const variablesOf = (name: string) => resourcesIn(withDesk, 'AWS::Lambda::Function')[name].Environment.Variables;

    for (const name of [
      'LogoutFunction',
      'InstancesFunction',
      'StateFunction',
      'ForcedLogoutsFunction',
      'DeskFunction',
    ])
      expect(JSON.parse(variablesOf(name).DESK_ALLOW)).toEqual(configurations.desk.desk.allow);
    expect(JSON.parse(variablesOf('DeskFunction').DESK)).toEqual({
      issuer: 'https://login.example.com/',
      clientId: 'desk',
      scopes: ['openid', 'profile', 'email'],
    });
    expect(variablesOf('RunFunction')).not.toHaveProperty('DESK_ALLOW');
    expect(resourcesIn(plain, 'AWS::Lambda::Function').LogoutFunction.Environment.Variables).not.toHaveProperty(
      'DESK_ALLOW',
    );
  });

  test('counts the 401 of the authorizer, the 403 of a function and the 429 of the gateway, and rings at twenty', () => {
    const filter = propertiesOfEach(withDesk, 'AWS::Logs::MetricFilter').find(({ MetricTransformations }) =>
      MetricTransformations.some(({ MetricName }: { MetricName: string }) => MetricName === 'deskRefused'),
    );
    const alarm = propertiesOfEach(withDesk, 'AWS::CloudWatch::Alarm').find(({ AlarmName }) =>
      AlarmName.endsWith('-reports-refused'),
    );

    expect(filter?.FilterPattern).toBe(
      '{ (($.status = "401") || ($.status = "403") || ($.status = "429")) && (($.routeKey = "GET /desk*") || ($.routeKey = "POST /desk*") || ($.routeKey = "DELETE /desk*")) }',
    );
    expect(alarm?.Metrics[0].Expression).toBe('(no_token + no_role + too_fast) / 20 + desk_errors + desk_throttles');
  });

  test('lets its function write its log and its traces, and nothing else', () => {
    expect(permissionsIn(withDesk).filter((line) => line.startsWith('["<DeskRole>"]'))).toEqual([
      expect.stringContaining('logs:CreateLogStream'),
      expect.stringContaining('logs:PutLogEvents'),
      expect.stringContaining('xray:PutTelemetryRecords'),
      expect.stringContaining('xray:PutTraceSegments'),
    ]);
  });
});
