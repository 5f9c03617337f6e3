import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { compileCache } from './compile-cache.ts';
import { madeOnce } from './made-once.ts';

export const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
export const dataKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321';
export const topicArn = 'arn:aws:sns:eu-central-1:111122223333:on-call';
export const mailTopicArn = 'arn:aws:sns:eu-central-1:111122223333:logouts-by-mail';
export const chatTopicArn = 'arn:aws:sns:eu-central-1:111122223333:logouts-in-chat';
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
  otherPrefixes: ['staging/green-api/sales/'],
  kmsKeyArn: keyArn,
  dataEncryptionKeyArn: dataKeyArn,
  network: {
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    securityGroupIds: ['sg-0123456789abcdef0'],
  },
  allowedApiHosts: ['3100.api.example.com', 'proxy.example.com:8443'],
  credentialTtlMs: 0,
  warmInstances: ['1101000001', '1101000002'],
  warmHosts: ['api.green-api.com', 'proxy.example.com:8443'],
  greenApiTimeoutMs: 26_000,
  authorization: { jwt },
  throttling: { rateLimit: 5, burstLimit: 10 },
  domainName: 'logout.example.com',
  disableExecuteApiEndpoint: true,
  tracing: false,
  logRetentionDays: 7,
  evidenceRetentionDays: 3653,
  tokenRotation: { enabled: true },
  evidenceVault: { years: 7, mode: 'COMPLIANCE' },
  alarmTopicArn: topicArn,
  notifications: [{ topic: mailTopicArn }, { topic: chatTopicArn, events: ['linked-again'], format: 'chat' }],
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
      timeZone: 'Europe/Berlin',
      putEventsFrom: { accounts: ['222233334444', '333344445555'], organization: 'o-a1b2c3d4e5' },
    },
    okta: { partnerBusName: 'aws.partner/okta.com/example/logout' },
    identityCenter: { enabled: true, identityStoreId: 'd-93670dc30f', nativeEvents: true },
  },
};

const identityProviders = {
  hr: { kind: 'webhook', tokenSha256: ['a'.repeat(64)], maxPerHour: 20, timeZone: 'Europe/Berlin' },
  okta: { kind: 'okta-event-hook', tokenSha256: ['b'.repeat(64), 'c'.repeat(64)] },
  entra: { kind: 'scim', tokenSha256: ['d'.repeat(64)], quietAfterHours: 6 },
} as const;

const desk = {
  issuer: 'https://login.example.com/',
  clientId: 'desk',
  allow: {
    read: 'everybody',
    logout: { claim: 'roles', anyOf: ['whatsapp-logout'] },
    runs: { claim: ['realm_access', 'roles'], anyOf: ['whatsapp-runs'] },
  },
};

/** The configurations whose stacks tests look at. One process synthesizes them all, so one more costs little. */
export const configurations = {
  plain: {},
  everything,
  ownSecurityGroup: {
    network: { vpcId: everything.network.vpcId, subnetIds: everything.network.subnetIds },
    allowedApiHosts: everything.allowedApiHosts,
  },
  oneWarm: { warmInstances: ['1101000001'] },
  governanceVault: { evidenceVault: { years: 7, mode: 'GOVERNANCE' } },
  tokenRotation: { tokenRotation: { enabled: true } },
  skippedTimes: {
    schedules: ['nightly', 'early', 'late'].map((name) => ({
      ...everything.schedules[0],
      name,
      ...(name !== 'nightly' && { expression: 'cron(30 2 * * ? *)' }),
    })),
  },
  withoutEvents: { offboarding: { custom: { enabled: false } } },
  identityProviders: { identityProviders },
  eventHook: { identityProviders: { okta: identityProviders.okta }, authorization: { jwt } },
  desk: { desk },
  everyEntrance: { ...everything, identityProviders, desk: { ...desk, audience: ['api://desk'] } },
  twice: { ...everything, identityProviders, constructsNamed: ['first', 'second'] },
  identityCenter: {
    offboarding: { identityCenter: { enabled: true, identityStoreId: 'd-93670dc30f' } },
    identityProviders,
  },
};

/** A configuration of the stack, or of several constructs in a stack that somebody else made. */
export type StackRequest = { readonly constructsNamed?: readonly string[]; readonly [setting: string]: unknown };

type Resource = {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape depends on the type
  readonly Properties?: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
};

/** What {@link file://./synthesize-process.ts} writes of a stack. */
export type Synthesized = {
  readonly template: {
    readonly Resources: Readonly<Record<string, Resource>>;
    readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
  };
  /** Violations of CDK's rules about templates, and of the AwsSolutions rules of cdk-nag, that have no stated reason. */
  readonly violations: readonly object[];
  /** The rules of cdk-nag's NIST 800-53 R5 that are violated without a stated reason. */
  readonly nistViolations: readonly string[];
  /** What CDK would print: infos, warnings and errors. */
  readonly annotations: readonly string[];
  /** The cloud assembly, with the template and the assets. */
  readonly folder: string;
};

/** Synthesizes in a process of its own, which loads aws-cdk-lib once and without jest: several times faster. */
const synthesizeInto = (list: readonly object[]) => (folder: string) => {
  // All processors are busy with other tests: threads beside the first would cost more than they save.
  execFileSync(process.execPath, ['--single-threaded', join(__dirname, 'synthesize-process.ts'), folder], {
    input: JSON.stringify(list),
    env: { ...process.env, ...compileCache, CDK_VALIDATION: 'true' },
    // Its warnings are read from the assembly.
    stdio: 'pipe',
  });
};

/**
 * The stack as it would be deployed with this configuration, under the feature flags of `cdk.json`. Those of
 * {@link configurations} are synthesized once for all test files; any other takes seconds.
 */
export const synthesize = (configuration: object = {}): Synthesized => {
  const shared = Object.values<object>(configurations);
  const index = shared.findIndex((each) => isDeepStrictEqual(each, configuration));
  const list = index >= 0 ? shared : [configuration];
  const folder = join(madeOnce('stacks', list, synthesizeInto(list)), String(Math.max(index, 0)));
  return { ...JSON.parse(readFileSync(join(folder, 'synthesized.json'), 'utf8')), folder };
};

/** A file that a sample app writes into its assembly. */
export const readExample = (example: string, path: string) => {
  const shared = Object.values<object>(configurations);
  const folder = join(madeOnce('stacks', shared, synthesizeInto(shared)), 'examples', example);
  return JSON.parse(readFileSync(join(folder, path), 'utf8'));
};

export const synthesizedExample = (example: string, path: string): Pick<Synthesized, 'template'> => ({
  template: readExample(example, path),
});

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

/** Every resource of a type, by logical id. */
export const wholeResourcesIn = (
  { template }: Pick<Synthesized, 'template'>,
  type: string,
): Readonly<Record<string, Resource>> =>
  Object.fromEntries(Object.entries(template.Resources).filter(([, { Type }]) => Type === type));

/** The properties of every resource of a type, by logical id without its hash. */
export const resourcesIn = (synthesized: Pick<Synthesized, 'template'>, type: string) =>
  Object.fromEntries(
    Object.entries(wholeResourcesIn(synthesized, type)).map(([id, { Properties }]) => [
      withoutHash(id),
      Properties ?? {},
    ]),
  );

/** The properties of every resource of a type. @throws if there is none, about which any statement would be true */
export const propertiesOfEach = (synthesized: Pick<Synthesized, 'template'>, type: string) => {
  const found = Object.values(resourcesIn(synthesized, type));
  if (found.length === 0) throw new Error(`the template has no ${type}`);
  return found;
};

type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
};

/** What the policies of the stack allow: a line per role, action and resource. */
export const permissionsIn = (synthesized: Pick<Synthesized, 'template'>): readonly string[] =>
  propertiesOfEach(synthesized, 'AWS::IAM::Policy').flatMap(({ Roles, PolicyDocument }) =>
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
