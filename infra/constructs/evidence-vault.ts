import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { keptMessages } from '../../functions/logout/evidence.ts';
import { writeVariables } from '../../functions/platform/environment.ts';
import { vaultSettings } from '../../functions/platform/settings.ts';
import type { Settings } from '../configuration/configuration.ts';
import { acknowledge } from './acknowledge.ts';
import type { DataKey } from './data-key.ts';
import { createDeadLetters, destinationOf } from './dead-letters.ts';
import type { Deployment } from './deployment.ts';
import { grant, grantWildcard } from './grant.ts';
import { createLog } from './log-groups.ts';
import { ServiceFunction } from './service-function.ts';

type Options = NonNullable<Settings['evidenceVault']>;

/** Leap years count in full: no record is kept for less than was promised. */
const daysPerYear = 366;

/**
 * A copy of every evidence record in a bucket where nobody can alter or delete it before its time. A function copies, because
 * it is not documented whether Amazon Data Firehose can write to a bucket with a default retention.
 */
export class EvidenceVault extends Construct {
  readonly bucket: Bucket;
  /** What the bucket was deployed with as S3 reports it, e.g. `COMPLIANCE, 2562 days`: an auditor compares the two. */
  readonly retention: string;
  readonly service: ServiceFunction;
  /** Messages whose records could not be stored, with the reason. */
  readonly failed: Queue;

  constructor(scope: Construct, id: string, deployment: Deployment, options: Options) {
    super(scope, id);
    this.bucket = this.#createBucket(options, deployment.dataKey);
    this.retention = `${options.mode}, ${options.years * daysPerYear} days`;
    this.failed = createDeadLetters(this, 'Failed', deployment.dataKey);
    this.service = this.#createFunction(deployment);
    // Only records: the same log has lines of other kinds.
    deployment.evidence.addSubscriptionFilter('EvidenceVault', {
      destination: new LambdaDestination(this.service.function),
      filterPattern: FilterPattern.any(
        ...keptMessages.map((kept) => FilterPattern.stringValue('$.message', '=', kept)),
      ),
    });
    const impact = 'Evidence is missing in the vault. It is still in the evidence log, and logouts go on.';
    deployment.alarms.addForQueue('evidence-vault-failed', this.failed, impact);
  }

  #createBucket({ mode, years }: Options, { key }: DataKey): Bucket {
    const lock = { COMPLIANCE: ObjectLockRetention.compliance, GOVERNANCE: ObjectLockRetention.governance }[mode];
    const bucket = new Bucket(this, 'Bucket', {
      objectLockEnabled: true,
      objectLockDefaultRetention: lock(Duration.days(years * daysPerYear)),
      versioned: true,
      ...(key === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    // Without its policy the bucket that stays would take requests without TLS.
    bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    const noLogs = 'Access logs would need another bucket; CloudTrail data events record who reads the vault.';
    acknowledge(bucket, 'AwsSolutions-S1', noLogs);
    acknowledge(bucket, 'NIST.800.53.R5-S3BucketLoggingEnabled', noLogs);
    acknowledge(
      bucket,
      'NIST.800.53.R5-S3BucketReplicationEnabled',
      'It is a copy itself: the same records are in the evidence log.',
    );
    return bucket;
  }

  #createFunction(deployment: Deployment): ServiceFunction {
    const { bucket, failed } = this;
    const { dataKey } = deployment;
    const service = new ServiceFunction(this, 'evidence-vault', {
      deployment,
      environment: writeVariables(vaultSettings, { evidenceBucket: bucket.bucketName }),
      logGroup: createLog(this, 'Log', deployment),
      onFailure: destinationOf(failed),
    });
    const objects = bucket.arnForObjects('evidence/*');
    grantWildcard(service.role, ['s3:PutObject'], 'Each batch of records becomes an object of its own.', objects);
    grant(service.role, ['sqs:SendMessage'], failed.queueArn);
    dataKey.allow(service.role, 's3', 'GenerateDataKey');
    dataKey.allow(service.role, 'sqs', 'Decrypt', 'GenerateDataKey');
    return service;
  }
}
