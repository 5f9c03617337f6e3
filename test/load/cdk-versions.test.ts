import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { unpackPackage } from '../support/unpacked-package.ts';

const root = join(__dirname, '..', '..');
const oldModules = join(__dirname, 'node_modules');

/** An app with everything on, under the rules of cdk-nag 2, which prints what they find. */
const app = (planted: string) => `
  const { App, Aspects, Duration, Stack } = require('aws-cdk-lib');
  const { Vpc } = require('aws-cdk-lib/aws-ec2');
  const { PolicyStatement } = require('aws-cdk-lib/aws-iam');
  const { Key } = require('aws-cdk-lib/aws-kms');
  const { Topic } = require('aws-cdk-lib/aws-sns');
  const { AwsSolutionsChecks, NIST80053R5Checks } = require('cdk-nag');
  const { GreenApiLogout } = require('green-api-logout');

  const app = new App();
  const stack = new Stack(app, 'Security');
  const vpcId = 'vpc-0123456789abcdef0';
  const logout = new GreenApiLogout(stack, 'Logout', {
    alarmTopic: Topic.fromTopicArn(stack, 'OnCall', 'arn:aws:sns:eu-central-1:111122223333:on-call'),
    encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd'),
    dataEncryptionKey: Key.fromKeyArn(stack, 'DataKey', 'arn:aws:kms:eu-central-1:111122223333:key/0987dcba'),
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId, availabilityZones: ['a'], privateSubnetIds: ['subnet-0123456789abcdef0'] }),
    domainName: 'logout.example.com',
    tokenRotation: { enabled: true },
    evidenceVault: { years: 7, mode: 'COMPLIANCE' },
    runs: { executionTimeout: Duration.days(14) },
    schedules: [{ name: 'nightly', expression: 'cron(0 22 * * ? *)', timeZone: 'Europe/Berlin', target: { group: 'night' }, reason: 'end of shift' }],
    offboarding: { identityCenter: { enabled: true, identityStoreId: 'd-93670dc30f' }, okta: { partnerBusName: 'aws.partner/okta.com/example/logout' } },
    identityProviders: {
      hr: { kind: 'webhook', tokenSha256: ['a'.repeat(64)] },
      entra: { kind: 'scim', tokenSha256: ['b'.repeat(64)], quietAfterHours: 6 },
    },
    desk: { issuer: 'https://login.example.com', clientId: 'desk', allow: { read: 'everybody', logout: { claim: 'roles', anyOf: ['logout'] } } },
    notifications: [{ topic: 'arn:aws:sns:eu-central-1:111122223333:hr' }],
  });
  logout.addOutputs();
  ${planted}
  for (const rules of [new AwsSolutionsChecks(), new NIST80053R5Checks()]) Aspects.of(app).add(rules);
  const { template, messages } = app.synth().getStackArtifact(stack.artifactId);
  const findings = messages.filter(({ level }) => level === 'error').map(({ id, entry }) => id + ' ' + entry.data);
  console.log(JSON.stringify({ findings, functions: Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function').length }));
`;

const plantedRight =
  "logout.functions.state.addToRolePolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::payroll/*'] }));";

describe.each([
  ['the oldest CDK that the package works with', oldModules],
  ['the CDK of this project', join(root, 'node_modules')],
])('with %s', (_name, peers) => {
  const unpacked = unpackPackage(peers);
  afterAll(unpacked.remove);

  const findingsIn = (text: string) => {
    unpacked.write('package.json', JSON.stringify({ type: 'commonjs' }));
    unpacked.write('app.cjs', text);
    const { status, stdout, stderr } = unpacked.run(['app.cjs'], { JSII_DEPRECATED: 'quiet', CDK_VALIDATION: 'false' });
    // CDK warns of what is deprecated.
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    return JSON.parse(stdout);
  };

  // A copy finds the CDK of the app, a link that of its own folder.
  beforeAll(() => cpSync(join(oldModules, 'cdk-nag'), unpacked.modules('cdk-nag'), { recursive: true }));

  test('the construct synthesizes with everything on, and cdk-nag 2 finds nothing without a stated reason', () => {
    expect(findingsIn(app(''))).toEqual({ findings: [], functions: 13 });
  });

  test('cdk-nag 2 finds a right that has no stated reason', () => {
    const { findings } = findingsIn(app(plantedRight));

    expect(findings).toEqual([expect.stringContaining('AwsSolutions-IAM5[Resource::arn:aws:s3:::payroll/*]')]);
  });
});
