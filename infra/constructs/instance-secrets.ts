import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import type { ServiceFunction } from './service-function.ts';

export type InstanceSecretsProps = Pick<Configuration, 'secretPrefix' | 'kmsKeyArn'>;

/** The secrets of the instances. They are made by hand or by other systems; here it is only said who may read them. */
export class InstanceSecrets extends Construct {
  readonly #props: InstanceSecretsProps;

  constructor(scope: Construct, id: string, props: InstanceSecretsProps) {
    super(scope, id);
    this.#props = props;
  }

  /** Lets the function read credentials: the secrets under the prefix, and no other. */
  grantRead({ role }: ServiceFunction): void {
    this.#grantOnSecrets(role, 'secretsmanager:GetSecretValue');
    const { kmsKeyArn } = this.#props;
    if (kmsKeyArn !== undefined) this.#grantDecrypt(role, kmsKeyArn);
  }

  /**
   * Lets the function put several reads into one request. `BatchGetSecretValue` takes no resource; it gives only values that the
   * function may read one by one
   * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html).
   */
  grantReadInBatches({ role }: ServiceFunction): void {
    this.#grantOnAll(
      role,
      'secretsmanager:BatchGetSecretValue',
      'supports no resource; it gives no value that secretsmanager:GetSecretValue does not.',
    );
  }

  /** Lets the function see the tags of one secret as they are now; a list may lag behind. */
  grantDescribe({ role }: ServiceFunction): void {
    this.#grantOnSecrets(role, 'secretsmanager:DescribeSecret');
  }

  /** Lets the function see names and tags. `ListSecrets` takes no resource, so they are those of every secret. */
  grantList({ role }: ServiceFunction): void {
    this.#grantOnAll(
      role,
      'secretsmanager:ListSecrets',
      'supports no resource; it shows names and tags, never a value.',
    );
  }

  #grantOnAll(role: Role, action: string, why: string): void {
    role.addToPolicy(new PolicyStatement({ actions: [action], resources: ['*'] }));
    Validations.of(role).acknowledge({ id: 'AwsSolutions-IAM5[Resource::*]', reason: `${action} ${why}` });
  }

  #grantOnSecrets(role: Role, action: string): void {
    const resourceName = `${this.#props.secretPrefix}*`;
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    const secrets = Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName,
      arnFormat,
    });
    role.addToPolicy(new PolicyStatement({ actions: [action], resources: [secrets] }));
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${resourceName}]`,
      reason: 'Instances come and go without a deployment; the prefix is reserved for their secrets.',
    });
  }

  #grantDecrypt(role: Role, keyArn: string): void {
    role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } },
      }),
    );
  }
}
