import { Aws, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnQueue, type Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { grant } from './grant.ts';

type Conditions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * What AWS services do with the key in their own name. An imported key keeps its policy: docs/security.md has these statements.
 * A condition names no resource of the stack, because each of them refers to the key.
 */
const statementsFor = (region: string): readonly PolicyStatement[] => {
  const from = (service: string, resource: string): string =>
    `arn:${Aws.PARTITION}:${service}:${region}:${Aws.ACCOUNT_ID}:${resource}`;
  const statement = (service: string, actions: string[], conditions: Conditions = {}): PolicyStatement =>
    new PolicyStatement({
      principals: [new ServicePrincipal(service)],
      actions: actions.map((action) => `kms:${action}`),
      resources: ['*'],
      conditions,
    });
  return [
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    statement(`logs.${region}.amazonaws.com`, ['Encrypt', 'Decrypt', 'ReEncrypt*', 'GenerateDataKey*', 'Describe*'], {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': from('logs', 'log-group:*') },
    }),
    // What EventBridge puts into a queue. It is not documented whether KMS gets the rule; the queue's policy knows it.
    statement('events.amazonaws.com', ['Decrypt', 'GenerateDataKey']),
    // https://docs.aws.amazon.com/lambda/latest/dg/durable-encryption.html
    statement('lambda.amazonaws.com', ['Decrypt', 'GenerateDataKey'], {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': from('lambda', 'function:*') },
    }),
  ];
};

export type KeyAction = 'Decrypt' | 'GenerateDataKey';

/** Lets somebody use a key through a service, and not directly. @param service with its Region: `sqs.eu-central-1` */
export const grantKeyVia = (service: string, key: IKey, grantee: IGrantable, actions: readonly KeyAction[]): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: actions.map((action) => `kms:${action}`),
    resourceArns: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.amazonaws.com` } },
  });

/** The customer managed key of what a deployment stores, if there is one: logs, queues, run history, vault. */
export class DataKey {
  readonly key: IKey | undefined;
  readonly #region: string;

  constructor(scope: Construct, key: IKey | undefined) {
    this.key = key;
    this.#region = Stack.of(scope).region;
    if (key === undefined) return;
    for (const statement of statementsFor(this.#region)) key.addToResourcePolicy(statement);
  }

  /** Lets a role use the key through a service, and not directly. */
  allow(role: Role, service: 'lambda' | 's3' | 'sqs', ...actions: KeyAction[]): void {
    if (this.key !== undefined) grantKeyVia(`${service}.${this.#region}`, this.key, role, actions);
  }

  /** Lets a role send to a queue that {@link encrypt} has encrypted. */
  allowSend(role: Role, { queueArn }: Queue): void {
    grant(role, ['sqs:SendMessage'], queueArn);
    this.allow(role, 'sqs', 'Decrypt', 'GenerateDataKey');
  }

  /**
   * Encrypts a queue that SQS encrypts itself. CDK does not get to know of it: it would drop the condition that only the rules of
   * this deployment may send, because the key's policy would refer to them.
   */
  encrypt(queue: Queue): void {
    const definition = queue.node.defaultChild;
    if (this.key === undefined || !CfnQueue.isCfnQueue(definition)) return;
    definition.sqsManagedSseEnabled = undefined;
    definition.kmsMasterKeyId = this.key.keyArn;
  }
}
