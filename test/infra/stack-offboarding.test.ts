import { runSimulation } from '@cloud-copilot/iam-simulate';
import { dialects } from '../../functions/offboarding/dialects.ts';
import { identityCenter } from '../../functions/offboarding/identity-center.ts';
import { identityCenterNative } from '../../functions/offboarding/identity-center-native.ts';
import { pascalCase } from '../../infra/constructs/pascal-case.ts';
import {
  configurations,
  everything,
  propertiesOfEach,
  render,
  resourcesIn,
  type Synthesized,
  synthesize,
} from '../support/synthesize.ts';

const plain = synthesize(configurations.plain);
const custom = synthesize(everything);
const closed = synthesize(configurations.withoutEvents);

/** The rules about leavers: those of notifications have a test of their own. */
const rulesIn = (synthesized: Synthesized) =>
  Object.fromEntries(
    Object.entries(resourcesIn(synthesized, 'AWS::Events::Rule')).filter(([id]) => !id.startsWith('Notifications')),
  );

describe('the rules', () => {
  test.each([
    ['by default, of custom events only', plain, ['RulesCustom on <EventsBus>', 'RulesRest on <EventsBus>']],
    [
      'as configured',
      custom,
      [
        'RulesCustom on <EventsBus>',
        'RulesIdentityCenter on default',
        'RulesIdentityCenterNative on default',
        'RulesIdentityCenterNativeSecondLook on default',
        'RulesIdentityCenterSecondLook on default',
        'RulesOkta on aws.partner/okta.com/example/logout',
        'RulesRest on <EventsBus>',
      ],
    ],
    ['of none, if even custom events are off', closed, ['RulesRest on <EventsBus>']],
  ])('are there %s', (_name, synthesized, rules) => {
    const there = Object.entries(rulesIn(synthesized)).map(
      ([id, { EventBusName }]) => `${id} on ${render(EventBusName ?? 'default')}`,
    );

    expect(there.sort()).toEqual(rules);
  });

  test('match what the dialects understand', () => {
    const { RulesCustom, RulesOkta, RulesIdentityCenter } = rulesIn(custom);

    expect(RulesCustom?.EventPattern).toEqual(dialects.custom.pattern);
    expect(RulesOkta?.EventPattern).toEqual(dialects.okta.pattern);
    expect(RulesIdentityCenter?.EventPattern).toEqual(dialects.identityCenter.pattern);
    expect(rulesIn(custom).RulesIdentityCenterNative?.EventPattern).toEqual(identityCenterNative.pattern);
  });

  test('bring each update of a user a second time, minutes later, by a queue', () => {
    const { RulesIdentityCenterSecondLook, RulesIdentityCenterNativeSecondLook } = rulesIn(custom);
    const { OffboardingSecondLook } = resourcesIn(custom, 'AWS::SQS::Queue');
    const [mapping, ...more] = propertiesOfEach(custom, 'AWS::Lambda::EventSourceMapping');

    for (const [rule, dialect] of [
      [RulesIdentityCenterSecondLook, identityCenter],
      [RulesIdentityCenterNativeSecondLook, identityCenterNative],
    ] as const) {
      expect(rule?.EventPattern).toEqual(dialect.secondLook);
      expect(rule?.Targets.map(({ Arn }: { Arn: unknown }) => render(Arn))).toEqual(['<OffboardingSecondLook.Arn>']);
    }
    expect(OffboardingSecondLook).toMatchObject({ DelaySeconds: 300, VisibilityTimeout: 180 });
    expect(render(OffboardingSecondLook?.RedrivePolicy)).toBe(
      '{"deadLetterTargetArn":"<OffboardingFailed.Arn>","maxReceiveCount":5}',
    );
    expect(more).toEqual([]);
    expect(mapping).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    expect(render([mapping?.EventSourceArn, mapping?.FunctionName])).toBe(
      '["<OffboardingSecondLook.Arn>","<OffboardingFunction>"]',
    );
    expect(() => propertiesOfEach(plain, 'AWS::Lambda::EventSourceMapping')).toThrow('has no AWS::Lambda');
  });

  test('a second look that nothing delivers sets the alarm of undelivered events to ALARM', () => {
    const { AlarmsOffboardingUndelivered } = resourcesIn(custom, 'AWS::CloudWatch::Alarm');
    const metrics = render(AlarmsOffboardingUndelivered?.Metrics);

    expect(metrics).toContain('"Expression":"visible + late"');
    expect(metrics).toContain('"Expression":"IF(age > 3600, 1, 0)"');
    expect(metrics).toContain('"MetricName":"ApproximateAgeOfOldestMessage"');
  });

  test('try for a day to bring an event to the function, and keep what cannot be brought', () => {
    for (const { Targets } of Object.values(rulesIn(custom))) {
      const [{ RetryPolicy, DeadLetterConfig }, ...more] = Targets;
      expect(more).toEqual([]);
      expect(RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 24 * 60 * 60, MaximumRetryAttempts: 185 });
      expect(render(DeadLetterConfig.Arn)).toBe('<OffboardingUndelivered.Arn>');
    }
  });

  test('bring events to the function, and each may call it', () => {
    const rules = Object.fromEntries(
      Object.entries(rulesIn(custom)).filter(([id]) => id !== 'RulesRest' && !id.endsWith('SecondLook')),
    );
    const callers = propertiesOfEach(custom, 'AWS::Lambda::Permission')
      .filter(({ Principal }) => Principal === 'events.amazonaws.com')
      .map(({ FunctionName, SourceArn }) => `${render(FunctionName)} ${render(SourceArn)}`);

    expect(Object.values(rules).map(({ Targets }) => render(Targets[0].Arn))).toEqual(
      Object.keys(rules).map(() => '<OffboardingFunction.Arn>'),
    );
    expect(callers.sort()).toEqual(
      Object.keys(rules)
        .map((rule) => `<OffboardingFunction.Arn> <${rule}.Arn>`)
        .sort(),
    );
  });

  test('keep every event on the own bus that no dialect understands and that is no outcome', () => {
    const { RulesRest } = rulesIn(plain);

    // The opposite of a pattern is as simple as this only while the pattern has one field.
    expect(Object.keys(dialects.custom.pattern)).toEqual(['detail-type']);
    expect(RulesRest?.EventPattern).toEqual({
      source: [{ 'anything-but': ['green-api-logout'] }],
      'detail-type': [{ 'anything-but': dialects.custom.pattern['detail-type'] }],
    });
    expect(render(RulesRest?.Targets[0].Arn)).toBe('<OffboardingFailed.Arn>');
    expect(rulesIn(closed).RulesRest?.EventPattern).toEqual({ source: [{ 'anything-but': ['green-api-logout'] }] });
  });

  test('lead to a function whose failures are kept with the reason', () => {
    const { OffboardingFunctionEventInvokeConfig } = resourcesIn(plain, 'AWS::Lambda::EventInvokeConfig');

    expect(render(OffboardingFunctionEventInvokeConfig?.DestinationConfig.OnFailure.Destination)).toBe(
      '<OffboardingFailed.Arn>',
    );
  });
});

describe('events may be put on the own bus', () => {
  const account = '111122223333';
  const busArn = `arn:aws:events:eu-central-1:${account}:event-bus/logout-staging`;
  const hrRole = `arn:aws:iam::${account}:role/hr`;

  /** The text of a template with its references resolved as CloudFormation would. */
  const resolve = (value: unknown) =>
    JSON.parse(
      render(value)
        .replaceAll('<EventsBus.Arn>', busArn)
        .replaceAll('<AWS::Partition>', 'aws')
        .replace(
          /<(Logout|Run|Watch|ForcedLogouts)Role\.Arn>/g,
          (_, name) => `arn:aws:iam::${account}:role/${name.replace('dL', 'd-l').toLowerCase()}`,
        ),
    );

  const busPolicy = (synthesized: Synthesized) => ({
    Version: '2012-10-17',
    Statement: propertiesOfEach(synthesized, 'AWS::Events::EventBusPolicy').map(({ Statement }) => {
      const { Sid: _sid, ...rest } = resolve(Statement);
      return rest;
    }),
  });

  const rolePolicy = (functionName: 'logout' | 'run' | 'watch' | 'forced-logouts') => ({
    Version: '2012-10-17',
    Statement: resolve(
      resourcesIn(custom, 'AWS::IAM::Policy')[
        `${pascalCase(functionName)}RoleDefaultPolicy`
      ]?.PolicyDocument.Statement.filter(({ Action }: { Action: unknown }) => Action === 'events:PutEvents'),
    ),
  });

  const allowAll = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'events:*', Resource: '*' }] };

  type Attempt = {
    readonly by: string;
    readonly sources: string[];
    readonly policy?: object;
    readonly bus?: Synthesized;
    readonly context?: Record<string, string>;
  };

  const mayPut = async ({ by, sources, policy = allowAll, bus = custom, context }: Attempt): Promise<boolean> => {
    const simulated = await runSimulation(
      {
        request: {
          principal: by,
          action: 'events:PutEvents',
          resource: { resource: busArn, accountId: account },
          contextVariables: {
            'events:source': sources,
            'aws:PrincipalArn': by,
            'aws:SecureTransport': 'true',
            ...context,
          },
        },
        identityPolicies: [{ name: 'own', policy }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: busPolicy(bus),
      },
      {},
    );
    if (simulated.resultType !== 'single') throw new Error(JSON.stringify(simulated));
    return simulated.result.analysis.result === 'Allowed';
  };

  test.each(['logout', 'run', 'watch', 'forced-logouts'] as const)(
    'by %s: outcomes, and nothing else',
    async (functionName) => {
      const own = { by: `arn:aws:iam::${account}:role/${functionName}`, policy: rolePolicy(functionName) };

      expect(await mayPut({ ...own, sources: ['green-api-logout'] })).toBe(true);
      expect(await mayPut({ ...own, sources: ['com.example.hr'] })).toBe(false);
      expect(await mayPut({ ...own, sources: ['green-api-logout', 'com.example.hr'] })).toBe(false);
    },
  );

  test('by a role of this account that has the right: anything but outcomes, not even among other events', async () => {
    expect(await mayPut({ by: hrRole, sources: ['com.example.hr'] })).toBe(true);
    expect(await mayPut({ by: hrRole, sources: ['green-api-logout'] })).toBe(false);
    expect(await mayPut({ by: hrRole, sources: ['com.example.hr', 'green-api-logout'] })).toBe(false);
  });

  test('not over plain HTTP', async () => {
    const context = { 'aws:SecureTransport': 'false' };

    expect(await mayPut({ by: hrRole, sources: ['com.example.hr'], context })).toBe(false);
  });

  test('by the configured accounts, not by others', async () => {
    const sources = ['com.example.hr'];

    expect(await mayPut({ by: 'arn:aws:iam::222233334444:role/hr', sources })).toBe(true);
    expect(await mayPut({ by: 'arn:aws:iam::333344445555:role/hr', sources })).toBe(true);
    expect(await mayPut({ by: 'arn:aws:iam::999999999999:role/hr', sources })).toBe(false);
    expect(await mayPut({ by: 'arn:aws:iam::222233334444:role/hr', sources: ['green-api-logout'] })).toBe(false);
  });

  test('by the configured organization, not by others', async () => {
    const stranger = { by: 'arn:aws:iam::999999999999:role/hr', sources: ['com.example.hr'] };

    expect(await mayPut({ ...stranger, context: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } })).toBe(true);
    expect(await mayPut({ ...stranger, context: { 'aws:PrincipalOrgID': 'o-zzzzzzzzzz' } })).toBe(false);
  });

  test('by no other account unless one is configured', async () => {
    const stranger = { by: 'arn:aws:iam::222233334444:role/hr', sources: ['com.example.hr'], bus: plain };

    expect(await mayPut(stranger)).toBe(false);
    expect(await mayPut({ ...stranger, by: hrRole })).toBe(true);
  });
});
