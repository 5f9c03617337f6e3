import {
  configurations,
  everything,
  propertiesOfEach,
  render,
  resourcesIn,
  synthesize,
  wholeResourcesIn,
} from '../support/synthesize.ts';

const withVault = { COMPLIANCE: synthesize(everything), GOVERNANCE: synthesize(configurations.governanceVault) };

test('there is no bucket unless a vault is configured', () => {
  expect(resourcesIn(synthesize(configurations.plain), 'AWS::S3::Bucket')).toEqual({});
});

test.each(['GOVERNANCE', 'COMPLIANCE'] as const)(
  'the bucket keeps each version for the years promised (%s)',
  (mode) => {
    expect(propertiesOfEach(withVault[mode], 'AWS::S3::Bucket')).toMatchObject([
      {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: mode, Days: 7 * 366 } } },
        VersioningConfiguration: { Status: 'Enabled' },
      },
    ]);
  },
);

test('without a key of the company S3 encrypts the bucket itself', () => {
  expect(propertiesOfEach(withVault.GOVERNANCE, 'AWS::S3::Bucket')).toMatchObject([
    {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    },
  ]);
});

test('the bucket is encrypted, closed to the public and to plain HTTP, and stays when the stack is deleted', () => {
  expect(Object.values(wholeResourcesIn(withVault.COMPLIANCE, 'AWS::S3::Bucket'))).toMatchObject([
    {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
    },
  ]);
  const policies = wholeResourcesIn(withVault.COMPLIANCE, 'AWS::S3::BucketPolicy');
  expect(Object.values(policies)).toMatchObject([
    { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' },
  ]);
  const [policy] = propertiesOfEach(withVault.COMPLIANCE, 'AWS::S3::BucketPolicy');
  expect(
    policy?.PolicyDocument.Statement.map(
      ({ Effect, Condition }: Record<string, unknown>) => `${Effect} ${render(Condition)}`,
    ),
  ).toEqual(['Deny {"Bool":{"aws:SecureTransport":"false"}}', 'Deny {"NumericLessThan":{"s3:TlsVersion":1.2}}']);
});

test('every evidence record of the log, of a logout or of the end of a run, reaches the function, and nothing else does', () => {
  const [subscription] = propertiesOfEach(withVault.COMPLIANCE, 'AWS::Logs::SubscriptionFilter');

  expect(subscription?.FilterPattern).toBe('{ ($.message = "evidence") || ($.message = "run") }');
  expect(render(subscription?.LogGroupName)).toBe('<Evidence>');
  expect(render(subscription?.DestinationArn)).toBe('<EvidenceVaultFunction.Arn>');
});
