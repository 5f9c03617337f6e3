import { runSimulation } from '@cloud-copilot/iam-simulate';
import { functionNames as allFunctionNames } from '../../infra/bundling/bundling.ts';
import { pascalCase } from '../../infra/constructs/pascal-case.ts';
import {
  account,
  bucketArn,
  busArn,
  identityStoreArn,
  lambdaArn,
  logArn,
  queueArn,
  region,
  routeArn,
  secretArn,
} from '../support/arns.ts';
import {
  configurations,
  propertiesOfEach,
  render,
  resourcesIn,
  type Synthesized,
  synthesize,
} from '../support/synthesize.ts';
import type { RecordedCall } from '../support/system/call-recorder.ts';
import { recordEveryCall } from '../support/system/every-call.ts';

const plain = synthesize(configurations.identityCenter);

const rotating = synthesize(configurations.tokenRotation);

const run = lambdaArn('run');
const execution = `${run}:7/durable-execution/api-0123/5f088de8`;
const secret = secretArn('green-api/1101000001-AbCdEf');
const foreignSecret = secretArn('payroll/database-AbCdEf');

/** A value of the template with its references resolved, as CloudFormation would, to the names of this test. */
const resolve = (value: unknown) =>
  JSON.parse(
    JSON.stringify(JSON.parse(render(value)))
      .replaceAll('<EventsBus.Arn>', busArn)
      .replaceAll('<AWS::Partition>', 'aws')
      .replaceAll('<AWS::Region>', region)
      .replaceAll('<AWS::AccountId>', account)
      .replace(/<(Run|Watch)FunctionAliaslive>/g, (_, name) => `${lambdaArn(name.toLowerCase())}:live`)
      .replace(/<(\w+)Function\.Arn>/g, (_, name) => lambdaArn(name.toLowerCase()))
      .replace(/<(\w+(?:Failed|Undelivered|Letters))\.Arn>/g, (_, name) => queueArn(name))
      .replaceAll('<EvidenceVaultBucket.Arn>', bucketArn)
      .replace(/<(\w+)\.Arn>/g, (_, name) => logArn(name)),
  );

/** Everything that the stack lets a role do. */
const policyOf = (role: string, synthesized: Synthesized) => ({
  Version: '2012-10-17',
  Statement: propertiesOfEach(synthesized, 'AWS::IAM::Policy')
    .filter(({ Roles }) => render(Roles) === `["<${role}>"]`)
    .flatMap(({ PolicyDocument }) => resolve(PolicyDocument.Statement)),
});

/** From the README: a caller who may log one instance out. */
const callerOfOne = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: `arn:aws:execute-api:${region}:${account}:a1b2c3d4e5/*/POST/instances/1101000001/logout`,
    },
  ],
};

const may = async (
  principal: string,
  action: string,
  resource: string,
  synthesized = plain,
  context: RecordedCall['context'] = { 'events:source': ['green-api-logout'] },
): Promise<boolean> => {
  const policy = principal === 'callerOfOne' ? callerOfOne : policyOf(principal, synthesized);
  expect(policy.Statement).not.toEqual([]);
  const simulated = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/${principal}`,
        action,
        resource: { resource, accountId: account },
        contextVariables: {
          'aws:SecureTransport': 'true',
          ...(context as Readonly<Record<string, string | string[]>>),
        },
      },
      identityPolicies: [{ name: 'own', policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (simulated.resultType !== 'single') throw new Error(`${action} on ${resource}: ${JSON.stringify(simulated)}`);
  return simulated.result.analysis.result === 'Allowed';
};

/** Who · what · on what: must be allowed. */
const allowed: readonly (readonly [string, string, string])[] = [
  ['LogoutRole', 'secretsmanager:GetSecretValue', secret],
  ['LogoutRole', 'events:PutEvents', busArn],
  ['RunRole', 'secretsmanager:GetSecretValue', secret],
  ['RunRole', 'secretsmanager:DescribeSecret', secret],
  ['RunRole', 'secretsmanager:ListSecrets', '*'],
  ['RunRole', 'events:PutEvents', busArn],
  ['RunRole', 'sqs:SendMessage', queueArn('RunDeadLetters')],
  ['InstancesRole', 'secretsmanager:ListSecrets', '*'],
  ['StateRole', 'secretsmanager:GetSecretValue', secret],
  ['RunRole', 'lambda:InvokeFunction', `${lambdaArn('watch')}:live`],
  ['WatchRole', 'secretsmanager:GetSecretValue', secret],
  ['WatchRole', 'secretsmanager:DescribeSecret', secret],
  ['WatchRole', 'events:PutEvents', busArn],
  ['ForcedLogoutsRole', 'lambda:StopDurableExecution', `${lambdaArn('watch')}:2/durable-execution/watch-0123/5f`],
  ['ForcedLogoutsRole', 'lambda:InvokeFunction', `${run}:live`],
  ['ForcedLogoutsRole', 'events:PutEvents', busArn],
  ['ScheduleRole', 'lambda:InvokeFunction', `${run}:live`],
  ['OffboardingRole', 'lambda:InvokeFunction', `${run}:live`],
  ['OffboardingRole', 'lambda:ListDurableExecutionsByFunction', run],
  ['OffboardingRole', 'sqs:SendMessage', queueArn('OffboardingFailed')],
  ['OffboardingRole', 'identitystore:DescribeUser', identityStoreArn('d-93670dc30f')],
  ...['WebhookRole', 'ScimRole'].flatMap((role) => [
    [role, 'lambda:InvokeFunction', `${run}:live`] as const,
    [role, 'lambda:ListDurableExecutionsByFunction', run] as const,
    [role, 'secretsmanager:ListSecrets', '*'] as const,
  ]),
  ['SchedulesRole', 'lambda:InvokeFunction', lambdaArn('schedule')],
  ['SchedulesRole', 'sqs:SendMessage', queueArn('ScheduleUndelivered')],
  ['callerOfOne', 'execute-api:Invoke', routeArn('POST/instances/1101000001/logout')],
];

const functionNames = [
  'WatchRole',
  'LogoutRole',
  'RunRole',
  'InstancesRole',
  'StateRole',
  'ForcedLogoutsRole',
  'ScheduleRole',
  'OffboardingRole',
  'WebhookRole',
  'ScimRole',
];

/** Must be denied. */
const denied: readonly (readonly [string, string, string])[] = [
  // No secret but an instance's, and no value for a function that only lists or starts.
  ...functionNames.map((functionName) => [functionName, 'secretsmanager:GetSecretValue', foreignSecret] as const),
  ...[
    ...['InstancesRole', 'ForcedLogoutsRole', 'ScheduleRole', 'OffboardingRole', 'SchedulesRole'],
    ...['WebhookRole', 'ScimRole'],
  ].map((role) => [role, 'secretsmanager:GetSecretValue', secret] as const),
  // The token of an identity provider starts runs for leavers; it reads no run and stops none.
  ...['WebhookRole', 'ScimRole'].flatMap((role) => [
    [role, 'secretsmanager:DescribeSecret', secret] as const,
    [role, 'lambda:InvokeFunction', `${run}:7`] as const,
    [role, 'lambda:InvokeFunction', lambdaArn('logout')] as const,
    [role, 'lambda:GetDurableExecution', execution] as const,
    [role, 'lambda:GetDurableExecutionHistory', execution] as const,
    [role, 'lambda:StopDurableExecution', execution] as const,
    [role, 'events:PutEvents', busArn] as const,
  ]),
  // Nobody writes or tags one, passes a role on, or changes a function.
  ...[...functionNames, 'SchedulesRole'].flatMap((role) => [
    [role, 'secretsmanager:PutSecretValue', secret] as const,
    [role, 'secretsmanager:TagResource', secret] as const,
    [role, 'secretsmanager:DeleteSecret', secret] as const,
    [role, 'iam:PassRole', `arn:aws:iam::${account}:role/runRole`] as const,
    [role, 'lambda:UpdateFunctionCode', run] as const,
  ]),
  ['LogoutRole', 'secretsmanager:ListSecrets', '*'],
  ['StateRole', 'secretsmanager:ListSecrets', '*'],
  ['WatchRole', 'secretsmanager:ListSecrets', '*'],
  ['WatchRole', 'lambda:InvokeFunction', `${run}:live`],
  ['RunRole', 'lambda:InvokeFunction', `${lambdaArn('watch')}:2`],
  ['StateRole', 'secretsmanager:PutSecretValue', secret],
  ['StateRole', 'lambda:InvokeFunction', `${run}:live`],
  ['LogoutRole', 'lambda:InvokeFunction', `${run}:live`],
  // Runs start through the alias alone: an execution is pinned to a version that stays.
  ['ForcedLogoutsRole', 'lambda:InvokeFunction', `${run}:7`],
  ['ForcedLogoutsRole', 'lambda:InvokeFunction', lambdaArn('logout')],
  ['ScheduleRole', 'lambda:StopDurableExecution', execution],
  ['OffboardingRole', 'lambda:StopDurableExecution', execution],
  ['OffboardingRole', 'identitystore:DescribeUser', identityStoreArn('d-0123456789')],
  ['OffboardingRole', 'identitystore:DeleteUser', identityStoreArn('d-93670dc30f')],
  ['ScheduleRole', 'identitystore:DescribeUser', identityStoreArn('d-93670dc30f')],
  ['OffboardingRole', 'sqs:ReceiveMessage', queueArn('OffboardingFailed')],
  ['OffboardingRole', 'lambda:GetDurableExecution', execution],
  ['OffboardingRole', 'sqs:SendMessage', queueArn('RunDeadLetters')],
  ['SchedulesRole', 'lambda:InvokeFunction', `${run}:live`],
  ['SchedulesRole', 'lambda:InvokeFunction', lambdaArn('offboarding')],
  ['callerOfOne', 'execute-api:Invoke', routeArn('POST/instances/1101000002/logout')],
  ['callerOfOne', 'execute-api:Invoke', routeArn('POST/forced-logouts')],
  ['callerOfOne', 'execute-api:Invoke', routeArn('GET/instances')],
];

test.each(allowed)('%s may %s on %s', async (principal, action, resource) => {
  expect(await may(principal, action, resource)).toBe(true);
});

test.each(denied)('%s may not %s on %s', async (principal, action, resource) => {
  expect(await may(principal, action, resource)).toBe(false);
});

describe('with token rotation', () => {
  const rotators = ['LogoutRole', 'RunRole', 'RotateTokenRole'];
  const writes = ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'];
  const never = ['CreateSecret', 'UpdateSecret', 'DeleteSecret', 'TagResource', 'RotateSecret', 'PutResourcePolicy'];

  test.each(rotators)('%s adds versions to the secrets of instances, and does nothing else to them', async (role) => {
    for (const action of writes) {
      expect(await may(role, action, secret, rotating)).toBe(true);
      expect(await may(role, action, foreignSecret, rotating)).toBe(false);
    }
    for (const action of never) expect(await may(role, `secretsmanager:${action}`, secret, rotating)).toBe(false);
  });

  test.each(functionNames.filter((role) => !rotators.includes(role) && !/Webhook|Scim/.test(role)))(
    '%s writes no secret',
    async (role) => {
      for (const action of writes) expect(await may(role, action, secret, rotating)).toBe(false);
    },
  );
});

test.each([
  'logout',
  'run',
  'watch',
  'instances',
  'state',
  'forced-logouts',
  'schedule',
  'offboarding',
  'webhook',
  'scim',
])('%s writes to its own log and to no other', async (functionName) => {
  const role = `${pascalCase(functionName)}Role`;
  const own = ['logout', 'run', 'watch', 'forced-logouts'].includes(functionName)
    ? 'Evidence'
    : `${pascalCase(functionName)}Log`;
  const other = own === 'Evidence' ? 'InstancesLog' : 'Evidence';

  expect(await may(role, 'logs:PutLogEvents', logArn(own).replace(/\*$/, 'log-stream:s'))).toBe(true);
  expect(await may(role, 'logs:PutLogEvents', logArn(other).replace(/\*$/, 'log-stream:s'))).toBe(false);
});

describe('with every option on, the built functions', () => {
  const everything = synthesize(configurations.everyEntrance);
  const roleOf = (functionName: string): string => `${pascalCase(functionName)}Role`;

  /** As the template sets it, with the names that the emulators know. */
  const environmentOf = (functionName: string): Readonly<Record<string, string>> => {
    const { Variables = {} } =
      resourcesIn(everything, 'AWS::Lambda::Function')[`${pascalCase(functionName)}Function`]?.Environment ?? {};
    const named = (value: unknown) =>
      render(value)
        .replace(/^<(Run|Watch)Function(?:\.Arn)?>$/, (_, name) => name.toLowerCase())
        .replace(/^<EvidenceVaultBucket>$/, 'vault')
        .replace(/^<EventsBus>$/, 'green-api-logout');
    return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, named(value)]));
  };

  let recorded: Awaited<ReturnType<typeof recordEveryCall>>;
  beforeAll(async () => {
    recorded = await recordEveryCall(environmentOf);
  });

  test('do what they are called for', () => {
    expect(recorded.failures).toEqual([]);
    // `desk` serves a page and calls nothing of AWS.
    const callers = new Set(recorded.calls.map(({ caller }) => caller));
    expect(allFunctionNames.filter((name) => !callers.has(name))).toEqual(['desk']);
  });

  test('call nothing of AWS that their roles do not allow', async () => {
    const denied: string[] = [];
    const different = new Map(recorded.calls.map((call) => [JSON.stringify(call), call]));
    for (const { caller, action, resource, context } of different.values())
      if (!(await may(roleOf(caller), action, resource, everything, context)))
        denied.push(`${caller} ${action} ${resource}`);

    expect(denied).toEqual([]);
  });

  /** What AWS itself does under the role of a function. */
  const usedByAws = /^(?:logs:(?:CreateLogStream|PutLogEvents)|sqs:\w+|ec2:\w+|kms:\w+|xray:\w+) /;

  const isOn = (pattern: string, resource: string): boolean =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(resource);

  /** Rights that no call here uses, and why they are there. */
  const spare = {
    // Lists are read without a qualifier. With one, if a deployment shows that executions of the alias are missing there.
    ListDurableExecutionsByFunction: [
      ...['offboarding', 'scim', 'webhook'].map((name) => [name, 'run']),
      ...['run', 'watch'].map((name) => ['forced-logouts', name]),
    ],
    // The SDK reads the rest of a history that does not fit into the invocation.
    GetDurableExecutionState: ['run', 'watch'].map((name) => [name, name]),
  };

  test('use every right of their roles, except those that are named here', () => {
    const unused = allFunctionNames.flatMap((name) => {
      const calls = recorded.calls.filter(({ caller }) => caller === name);
      const rights: string[] = policyOf(roleOf(name), everything)
        .Statement.filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Action, Resource }) =>
          [Action].flat().flatMap((action) => [Resource].flat().map((on) => `${action} ${on}`)),
        );
      return rights
        .filter((right) => !usedByAws.test(right))
        .filter((right) => {
          const [action = '', pattern = ''] = right.split(' ');
          return !calls.some((call) => call.action === action && isOn(pattern, call.resource));
        })
        .map((right) => `${name} ${right}`);
    });

    const named = Object.entries(spare).flatMap(([action, pairs]) =>
      pairs.map(([name, on = '']) => `${name} lambda:${action} ${lambdaArn(on)}:*`),
    );
    expect(unused.sort()).toEqual(named.sort());
  });
});
