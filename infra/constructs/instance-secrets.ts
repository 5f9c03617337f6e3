import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { Grant, IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Settings } from '../configuration/configuration.ts';
import { grantKeyVia, type KeyAction } from './data-key.ts';
import { grant, grantWildcard } from './grant.ts';

type Prefixes = Pick<Settings, 'secretPrefix' | 'otherPrefixes'>;

type Reader = { readonly role: Role };

/** The secrets of the instances. People and other systems make them; this construct only grants access to them. */
export class InstanceSecrets extends Construct {
  readonly #prefixes: Prefixes;
  readonly #key: IKey | undefined;

  /** @param key the customer managed key, if the secrets have one */
  constructor(scope: Construct, id: string, prefixes: Prefixes, key: IKey | undefined) {
    super(scope, id);
    this.#prefixes = prefixes;
    this.#key = key;
  }

  /** Another deployment of the app whose prefix is below this one, or above it, and which would be taken for this one's. */
  get overlapping(): { readonly outer: string; readonly inner: string } | undefined {
    return this.#others.flatMap((other) => other.#within(this) ?? this.#within(other) ?? [])[0];
  }

  /**
   * The prefix, if another deployment of the app in this account and Region has the same. Stacks without an account or a Region may
   * be meant for different ones.
   */
  get doubled(): string | undefined {
    const { account, region } = Stack.of(this);
    const isKnown = !Token.isUnresolved(account) && !Token.isUnresolved(region);
    const { secretPrefix } = this.#prefixes;
    const same = this.#others.filter((other) => other.#prefixes.secretPrefix === secretPrefix);
    return same.some((other) => isKnown || Stack.of(other) === Stack.of(this)) ? secretPrefix : undefined;
  }

  /** Of the app, in this account and Region. */
  get #others(): readonly InstanceSecrets[] {
    const { account, region } = Stack.of(this);
    return this.node.root.node
      .findAll()
      .filter((other): other is InstanceSecrets => other instanceof InstanceSecrets && other !== this)
      .filter((other) => Stack.of(other).account === account && Stack.of(other).region === region);
  }

  #within(other: InstanceSecrets) {
    const { secretPrefix: inner } = this.#prefixes;
    const { secretPrefix: outer, otherPrefixes } = other.#prefixes;
    const isBelow = inner !== outer && inner.startsWith(outer);
    return isBelow && !otherPrefixes.includes(inner) ? { outer, inner } : undefined;
  }

  /** Lets the function read credentials: the secrets under the prefix, and no other. */
  grantRead({ role }: Reader): void {
    this.#grantOnSecrets(role, 'secretsmanager:GetSecretValue');
    this.#grantOnKey(role, 'Decrypt');
  }

  /**
   * Lets the function put several reads into one request. `BatchGetSecretValue` takes no resource; it gives only values that the
   * function may read one by one
   * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html).
   */
  grantReadInBatches({ role }: Reader): void {
    this.#grantOnAll(
      role,
      'secretsmanager:BatchGetSecretValue',
      'supports no resource; it gives no value that secretsmanager:GetSecretValue does not.',
    );
  }

  /**
   * Lets the function rotate tokens: add a version to a secret and move its labels. It needs {@link grantRead} too. Secrets
   * Manager encrypts the new version with a data key.
   */
  grantRotate({ role }: Reader): void {
    this.#grantOnSecrets(role, 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage');
    this.#grantOnKey(role, 'GenerateDataKey');
  }

  /** Lets the function read the tags of one secret as they are now; a list may lag behind. */
  grantDescribe({ role }: Reader): void {
    this.#grantOnSecrets(role, 'secretsmanager:DescribeSecret');
  }

  /** Lets the function read names and tags. `ListSecrets` takes no resource, so they are those of every secret. */
  grantList({ role }: Reader): void {
    this.#grantOnAll(
      role,
      'secretsmanager:ListSecrets',
      'supports no resource; it shows names and tags, never a value.',
    );
  }

  /** Lets somebody make the secrets under the prefix, read and write them and their tags, and no other. */
  grantEnroll(grantee: IGrantable): Grant {
    const actions = [
      'secretsmanager:CreateSecret',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:TagResource',
      'secretsmanager:UntagResource',
    ];
    const onSecrets = grant(grantee, actions, this.#secretsArn);
    const onKey = this.#grantOnKey(grantee, 'Decrypt', 'GenerateDataKey');
    return onKey ? onSecrets.combine(onKey) : onSecrets;
  }

  #grantOnAll(role: Role, action: string, why: string): void {
    grantWildcard(role, [action], `${action} ${why}`, '*');
  }

  #grantOnSecrets(role: Role, ...actions: string[]): void {
    const why = 'Instances come and go without a deployment; the prefix is reserved for their secrets.';
    grantWildcard(role, actions, why, this.#secretsArn);
  }

  /** Only what Secrets Manager does with the key in the grantee's name. */
  #grantOnKey(grantee: IGrantable, ...actions: KeyAction[]): Grant | undefined {
    return this.#key && grantKeyVia(`secretsmanager.${Stack.of(this).region}`, this.#key, grantee, actions);
  }

  get #secretsArn(): string {
    return Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${this.#prefixes.secretPrefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
