import {
  configurations,
  dataKeyArn,
  everything,
  keyArn,
  permissionsIn,
  propertiesOfEach,
  render,
  resourcesIn,
  synthesize,
} from '../support/synthesize.ts';

const plain = synthesize(configurations.plain);
const custom = synthesize(everything);
const oneWarm = synthesize(configurations.oneWarm);

const allow = (who: string, action: string, ...on: string[]) =>
  on.map((resource) => `["<${who}>"] Allow ${action} ${resource}`);

const log = (functionName: string, group: string) =>
  ['logs:CreateLogStream', 'logs:PutLogEvents'].flatMap((action) =>
    allow(`${functionName}Role`, action, `<${group}.Arn>`),
  );

const logAndTrace = (functionName: string, group: string) => [
  ...log(functionName, group),
  ...['xray:PutTelemetryRecords', 'xray:PutTraceSegments'].flatMap((action) =>
    allow(`${functionName}Role`, action, '*'),
  ),
];

const putOutcomes = '<EventsBus.Arn> {"ForAllValues:StringEquals":{"events:source":"green-api-logout"}}';

const secretsUnder = (prefix: string): string =>
  `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${prefix}*`;

const alwaysAllowed = (prefix: string) => {
  const secrets = secretsUnder(prefix);
  return [
    ...logAndTrace('Logout', 'Evidence'),
    ...allow('LogoutRole', 'secretsmanager:GetSecretValue', secrets),
    ...allow('LogoutRole', 'events:PutEvents', putOutcomes),

    ...logAndTrace('Run', 'Evidence'),
    ...allow('RunRole', 'secretsmanager:GetSecretValue', secrets),
    ...allow('RunRole', 'secretsmanager:DescribeSecret', secrets),
    ...allow('RunRole', 'secretsmanager:ListSecrets', '*'),
    ...allow('RunRole', 'events:PutEvents', putOutcomes),
    ...allow('RunRole', 'sqs:SendMessage', '<RunDeadLetters.Arn>'),
    ...allow('RunRole', 'lambda:CheckpointDurableExecution', '<RunFunction.Arn>:*'),
    ...allow('RunRole', 'lambda:GetDurableExecutionState', '<RunFunction.Arn>:*'),
    ...allow('RunRole', 'lambda:InvokeFunction', '<WatchFunctionAliaslive>'),

    ...logAndTrace('Watch', 'Evidence'),
    ...allow('WatchRole', 'secretsmanager:GetSecretValue', secrets),
    ...allow('WatchRole', 'secretsmanager:DescribeSecret', secrets),
    ...allow('WatchRole', 'events:PutEvents', putOutcomes),
    ...allow('WatchRole', 'lambda:CheckpointDurableExecution', '<WatchFunction.Arn>:*'),
    ...allow('WatchRole', 'lambda:GetDurableExecutionState', '<WatchFunction.Arn>:*'),

    ...logAndTrace('Instances', 'InstancesLog'),
    ...allow('InstancesRole', 'secretsmanager:ListSecrets', '*'),

    ...logAndTrace('State', 'StateLog'),
    ...allow('StateRole', 'secretsmanager:GetSecretValue', secrets),

    ...logAndTrace('ForcedLogouts', 'Evidence'),
    ...allow('ForcedLogoutsRole', 'lambda:InvokeFunction', '<RunFunctionAliaslive>'),
    ...allow('ForcedLogoutsRole', 'events:PutEvents', putOutcomes),
    ...['<RunFunction.Arn>', '<WatchFunction.Arn>'].flatMap((durable) => [
      ...allow('ForcedLogoutsRole', 'lambda:ListDurableExecutionsByFunction', durable, `${durable}:*`),
      ...['GetDurableExecution', 'GetDurableExecutionHistory', 'StopDurableExecution'].flatMap((action) =>
        allow('ForcedLogoutsRole', `lambda:${action}`, `${durable}:*/durable-execution/*`),
      ),
    ]),

    ...['Schedule', 'Offboarding'].flatMap((functionName) => [
      ...logAndTrace(functionName, `${functionName}Log`),
      ...allow(`${functionName}Role`, 'lambda:InvokeFunction', '<RunFunctionAliaslive>'),
      ...allow(`${functionName}Role`, 'sqs:SendMessage', `<${functionName}Failed.Arn>`),
    ]),

    ...allow('OffboardingRole', 'lambda:ListDurableExecutionsByFunction', '<RunFunction.Arn>', '<RunFunction.Arn>:*'),

    ...allow('SchedulesRole', 'lambda:InvokeFunction', '<ScheduleFunction.Arn>'),
    ...allow('SchedulesRole', 'sqs:SendMessage', '<ScheduleUndelivered.Arn>'),
  ];
};

test('each role may do what its work needs, and there is nothing else', () => {
  expect([...permissionsIn(plain)].sort()).toEqual(alwaysAllowed('green-api/').sort());
});

test('one warm instance takes no further right', () => {
  expect([...permissionsIn(oneWarm)].sort()).toEqual([...permissionsIn(plain)].sort());
});

/** What Lambda needs to put a function into a network, and its code must not do. */
const connect = (role: string) =>
  [
    ...['AssignPrivateIpAddresses', 'CreateNetworkInterface', 'DeleteNetworkInterface'],
    ...['DescribeNetworkInterfaces', 'DescribeSubnets', 'UnassignPrivateIpAddresses'],
  ].flatMap((action) => [
    `["<${role}>"] Allow ec2:${action} *`,
    `["<${role}>"] Deny ec2:${action} * {"ArnLike":{"lambda:SourceFunctionArn":"arn:<AWS::Partition>:lambda:*:*:function:*"}}`,
  ]);

const dataKeyBy = (role: string, service: string, ...actions: string[]) =>
  actions.flatMap((action) =>
    allow(
      role,
      `kms:${action}`,
      `${dataKeyArn} {"StringEquals":{"kms:ViaService":"${service}.<AWS::Region>.amazonaws.com"}}`,
    ),
  );

test('every optional setting adds the rights that it needs, and no other', () => {
  const stagingSecrets = secretsUnder('staging/green-api/');
  const decrypt = `${keyArn} {"StringEquals":{"kms:ViaService":"secretsmanager.<AWS::Region>.amazonaws.com"}}`;

  expect([...permissionsIn(custom)].sort()).toEqual(
    [
      // Its functions write no traces.
      ...alwaysAllowed('staging/green-api/').filter((right) => !right.includes('xray:')),
      ...allow('LogoutRole', 'kms:Decrypt', decrypt),
      ...allow('RunRole', 'kms:Decrypt', decrypt),
      ...allow('StateRole', 'kms:Decrypt', decrypt),
      ...allow('WatchRole', 'kms:Decrypt', decrypt),
      ...allow('RotateTokenRole', 'kms:Decrypt', decrypt),
      ...log('RotateToken', 'RotateTokenLog'),
      ...allow('RotateTokenRole', 'secretsmanager:GetSecretValue', stagingSecrets),
      ...['LogoutRole', 'RunRole', 'RotateTokenRole'].flatMap((role) => [
        ...allow(role, 'secretsmanager:PutSecretValue', stagingSecrets),
        ...allow(role, 'secretsmanager:UpdateSecretVersionStage', stagingSecrets),
        ...allow(role, 'kms:GenerateDataKey', decrypt),
      ]),
      ...allow('LogoutRole', 'secretsmanager:BatchGetSecretValue', '*'),
      ...allow(
        'OffboardingRole',
        'identitystore:DescribeUser',
        'arn:<AWS::Partition>:identitystore::*:identitystore/d-93670dc30f',
        'arn:<AWS::Partition>:identitystore:::user/*',
      ),
      ...['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueUrl', 'GetQueueAttributes'].flatMap(
        (action) => allow('OffboardingRole', `sqs:${action}`, '<OffboardingSecondLook.Arn>'),
      ),
      ...log('EvidenceVault', 'EvidenceVaultLog'),
      ...allow('EvidenceVaultRole', 's3:PutObject', '<EvidenceVaultBucket.Arn>/evidence/*'),
      ...allow('EvidenceVaultRole', 'sqs:SendMessage', '<EvidenceVaultFailed.Arn>'),
      ...[
        ...['Logout', 'Run', 'Watch', 'Instances', 'State', 'ForcedLogouts', 'Schedule', 'Offboarding'],
        ...['RotateToken', 'EvidenceVault'],
      ].flatMap((name) => connect(`${name}Role`)),
      ...['Run', 'Schedule', 'Offboarding', 'EvidenceVault', 'Schedules'].flatMap((name) =>
        dataKeyBy(`${name}Role`, 'sqs', 'Decrypt', 'GenerateDataKey'),
      ),
      ...['Run', 'Watch', 'ForcedLogouts'].flatMap((name) => dataKeyBy(`${name}Role`, 'lambda', 'Decrypt')),
      ...dataKeyBy('EvidenceVaultRole', 's3', 'GenerateDataKey'),
    ].sort(),
  );
});

test.each([
  ['plain', plain],
  ['custom', custom],
])('come from no managed policy, and each function has its own role (%s)', (_name, synthesized) => {
  const roles = propertiesOfEach(synthesized, 'AWS::IAM::Role');
  const functions = propertiesOfEach(synthesized, 'AWS::Lambda::Function');

  expect(roles.flatMap(({ ManagedPolicyArns, Policies }) => ManagedPolicyArns ?? Policies ?? [])).toEqual([]);
  expect(new Set(functions.map(({ Role }) => render(Role))).size).toBe(functions.length);
});

describe('the queues', () => {
  const policies = propertiesOfEach(custom, 'AWS::SQS::QueuePolicy');

  test('are encrypted, and keep what is in them for two weeks', () => {
    for (const queue of propertiesOfEach(plain, 'AWS::SQS::Queue'))
      expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 24 * 60 * 60 });
    for (const queue of propertiesOfEach(custom, 'AWS::SQS::Queue'))
      expect(queue).toMatchObject({ KmsMasterKeyId: dataKeyArn, MessageRetentionPeriod: 14 * 24 * 60 * 60 });
  });

  test('each refuse plain HTTP', () => {
    const closed = policies
      .filter(({ PolicyDocument }) =>
        PolicyDocument.Statement.some(
          ({ Effect, Action, Condition }: Record<string, unknown>) =>
            Effect === 'Deny' && Action === 'sqs:*' && render(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
        ),
      )
      .flatMap(({ Queues }) => Queues.map(render));

    expect(closed.sort()).toEqual(
      Object.keys(resourcesIn(custom, 'AWS::SQS::Queue'))
        .map((id) => `<${id}>`)
        .sort(),
    );
  });

  test('take events from the rules of this stack, and from nobody else', () => {
    const senders = policies.flatMap(({ Queues, PolicyDocument }) =>
      PolicyDocument.Statement.filter(({ Effect }: Record<string, unknown>) => Effect === 'Allow').flatMap(
        ({ Principal, Condition }: Record<string, unknown>) =>
          `${render(Queues)} ${render(Principal)} ${render(Condition)}`,
      ),
    );

    const events = '{"Service":"events.amazonaws.com"}';
    expect(senders.sort()).toEqual(
      [
        ...[
          ...['Custom', 'Okta', 'IdentityCenter', 'IdentityCenterNative', 'Rest'],
          ...['IdentityCenterSecondLook', 'IdentityCenterNativeSecondLook'],
        ].map((rule) => `["<OffboardingUndelivered>"] ${events} {"ArnEquals":{"aws:SourceArn":"<Rules${rule}.Arn>"}}`),
        ...['IdentityCenterSecondLook', 'IdentityCenterNativeSecondLook'].map(
          (rule) => `["<OffboardingSecondLook>"] ${events} {"ArnEquals":{"aws:SourceArn":"<Rules${rule}.Arn>"}}`,
        ),
        ...[0, 1].map(
          (index) =>
            `["<NotificationsUndelivered>"] ${events} {"ArnEquals":{"aws:SourceArn":"<NotificationsRule${index}.Arn>"}}`,
        ),
        `["<OffboardingFailed>"] ${events} {"ArnEquals":{"aws:SourceArn":"<RulesRest.Arn>"}}`,
      ].sort(),
    );
  });
});
