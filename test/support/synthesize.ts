import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import { GreenApiLogoutStack } from '../../infra/constructs/green-api-logout-stack.ts';
import { propsOf } from '../../infra/constructs/settings.ts';

// cdk-nag reads properties that CDK would have nobody read.
process.env.JSII_DEPRECATED = 'quiet';

const { context: cdkJson } = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'));

/** The feature flags of `cdk.json`. No asset is bundled. */
export const context = { ...cdkJson, 'aws:cdk:bundling-stacks': [] };

/** The stack as it would be deployed with this configuration, under the feature flags of `cdk.json`. */
export const synthesize = (configuration: object = {}) => {
  const app = new App({ context });
  const stack = new GreenApiLogoutStack(app, 'GreenApiLogout', propsOf(parseConfiguration(configuration)));
  const noTopic = { id: 'Annotation::green-api-logout:no-alarm-topic', reason: 'It is tested by itself.' };
  Validations.of(stack.greenApiLogout).acknowledge(noTopic);
  return { app, stack, template: Template.fromStack(stack), folder: app.synth().directory };
};

export const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
export const topicArn = 'arn:aws:sns:eu-central-1:111122223333:on-call';
export const jwt = {
  issuer: 'https://login.example.com/',
  audience: ['green-api-logout'],
  scopes: {
    'POST /instances/{idInstance}/logout': ['instances.logout'],
    'GET /instances': ['instances.read'],
    'GET /instances/{idInstance}/state': ['instances.read'],
    'POST /forced-logouts': ['runs.start'],
    'GET /forced-logouts': ['runs.read'],
    'GET /forced-logouts/{id}': ['runs.read'],
    'DELETE /forced-logouts/{id}': ['runs.stop'],
    'GET /watches/{id}': ['runs.read'],
    'DELETE /watches/{id}': ['runs.stop'],
  },
};

/** A configuration that leaves nothing to its default. */
export const everything = {
  stackName: 'logout-staging',
  secretPrefix: 'staging/green-api/',
  kmsKeyArn: keyArn,
  allowedApiHosts: ['3100.api.example.com', 'proxy.example.com:8443'],
  credentialTtlMs: 0,
  warmInstances: ['1101000001', '1101000002'],
  warmHosts: ['api.green-api.com', 'proxy.example.com:8443'],
  greenApiTimeoutMs: 26_000,
  authorization: { jwt },
  throttling: { rateLimit: 5, burstLimit: 10 },
  logRetentionDays: 7,
  evidenceRetentionDays: 3653,
  tokenRotation: { enabled: true },
  evidenceVault: { years: 7, mode: 'COMPLIANCE' },
  alarmTopicArn: topicArn,
  runbookUrl: 'https://wiki.example.com/runbook?view=plain',
  memoryMb: 384,
  runs: { maxTargetsCeiling: 3_000, executionTimeoutDays: 90, retentionDays: 60, memoryMb: 1_024 },
  schedules: [
    {
      name: 'nightly',
      expression: 'cron(0 22 * * ? *)',
      timeZone: 'Europe/Berlin',
      target: { group: 'night-shift' },
      reason: 'end of shift',
    },
    {
      name: 'Role',
      expression: 'at(2027-01-01T00:00:00)',
      timeZone: 'Asia/Tokyo',
      target: { all: true },
      except: ['1101000001'],
      reason: 'new year',
      maxTargets: 3_000,
      clearQueue: true,
      dryRun: true,
    },
  ],
  offboarding: {
    custom: {
      enabled: true,
      putEventsFrom: { accounts: ['222233334444', '333344445555'], organization: 'o-a1b2c3d4e5' },
    },
    okta: { partnerBusName: 'aws.partner/okta.com/example/logout' },
    identityCenter: { enabled: true, identityStoreId: 'd-93670dc30f' },
  },
};

/** A logical id without the hash that CDK puts at its end. */
const withoutHash = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

const renderReference = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const [kind, of] = Object.entries(value)[0] ?? [];
  if (kind === 'Ref') return `<${withoutHash(of)}>`;
  if (kind === 'Fn::GetAtt') return `<${withoutHash(of[0])}.${of[1]}>`;
  if (kind === 'Fn::Join') return of[1].map(render).join(of[0]);
  return value;
};

/** A value of the template as text: `arn:<AWS::Partition>:…`, `<LogoutFunction.Arn>`. */
export const render = (value: unknown): string => {
  const text = JSON.stringify(value, renderReference) ?? '';
  return text.startsWith('"') ? JSON.parse(text) : text;
};

export type Synthesized = ReturnType<typeof synthesize>;

/** The properties of every resource of a type, by logical id. */
export const resourcesIn = ({ template }: Synthesized, type: string) =>
  Object.fromEntries(
    Object.entries(template.findResources(type)).map(([id, { Properties }]) => [withoutHash(id), Properties ?? {}]),
  );

type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
};

/** What the policies of the stack allow: a line per role, action and resource. */
export const permissionsIn = (synthesized: Synthesized): readonly string[] =>
  Object.values(resourcesIn(synthesized, 'AWS::IAM::Policy')).flatMap(({ Roles, PolicyDocument }) =>
    PolicyDocument.Statement.flatMap(({ Effect, Action, Resource, Condition }: Statement) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .map((resource) =>
              `${render(Roles)} ${Effect} ${action} ${render(resource)} ${render(Condition)}`.trimEnd(),
            ),
        ),
    ),
  );
