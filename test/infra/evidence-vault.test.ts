import { Template } from 'aws-cdk-lib/assertions';
import type { GreenApiLogoutProps } from '../../infra/index.ts';
import { createConstruct, createRole, rightsOf } from '../support/construct-app.ts';
import { render } from '../support/synthesize.ts';

const create = (evidenceVault: NonNullable<GreenApiLogoutProps['evidenceVault']>) => {
  const { stack } = createConstruct({ evidenceVault });
  return { template: Template.fromStack(stack) };
};

test('there is no bucket unless a vault is configured', () => {
  const { stack, logout } = createConstruct();

  Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
  expect(logout.evidenceVault).toBeUndefined();
});

test.each(['GOVERNANCE', 'COMPLIANCE'] as const)(
  'the bucket keeps each version for the years promised (%s)',
  (mode) => {
    const { template } = create({ years: 7, mode });

    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: mode, Days: 7 * 366 } } },
      VersioningConfiguration: { Status: 'Enabled' },
    });
  },
);

test('the bucket is encrypted, closed to the public and to plain HTTP, and stays when the stack is deleted', () => {
  const { template } = create({ years: 7, mode: 'COMPLIANCE' });

  template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  expect(
    policy?.Properties.PolicyDocument.Statement.map(
      ({ Effect, Condition }: Record<string, unknown>) => `${Effect} ${render(Condition)}`,
    ),
  ).toEqual(['Deny {"Bool":{"aws:SecureTransport":"false"}}', 'Deny {"NumericLessThan":{"s3:TlsVersion":1.2}}']);
});

test('every evidence record of the log reaches the function, and nothing else does', () => {
  const { template } = create({ years: 7, mode: 'COMPLIANCE' });

  const [subscription] = Object.values(template.findResources('AWS::Logs::SubscriptionFilter'));
  expect(subscription?.Properties.FilterPattern).toBe('{ $.message = "evidence" }');
  expect(render(subscription?.Properties.LogGroupName)).toBe('<LogoutEvidence>');
  expect(render(subscription?.Properties.DestinationArn)).toBe('<LogoutEvidenceVaultFunction.Arn>');
});

test('who may read the evidence may read the vault, and not write to it', () => {
  const { stack, logout } = createConstruct({ evidenceVault: { years: 7, mode: 'COMPLIANCE' } });
  const role = createRole(stack, 'Auditor');

  logout.grantReadEvidence(role);

  const rights = rightsOf(role).filter((right) => right.startsWith('s3:'));
  expect(rights).toEqual(expect.arrayContaining(['s3:GetObject* <LogoutEvidenceVaultBucket.Arn>/*']));
  expect(rights.filter((right) => !/^s3:(?:Get|List)/.test(right))).toEqual([]);
});
