import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { OutputKey } from '../output-keys.ts';
import type { OutputOptions } from './green-api-logout-props.ts';

/** The outputs by their keys: what each has, and what that is. Its value is `undefined` or empty if its subject does not exist in the deployment. */
export type OutputValues = Readonly<Record<OutputKey, readonly [value: string | undefined, description: string]>>;

/** The outputs of one deployment. */
class Outputs extends Construct {
  static readonly id = 'Outputs';
  readonly prefix: string;

  constructor(scope: Construct, prefix: string) {
    super(scope, Outputs.id);
    this.prefix = prefix;
  }
}

/** @throws when CDK would refuse the outputs without saying what to do: they are there, or another deployment has their keys */
const checkIsFree = (scope: Construct, prefix: string): void => {
  const { path } = scope.node;
  if (scope.node.tryFindChild(Outputs.id) !== undefined)
    throw new Error(`${path} has its outputs: call addOutputs once. GreenApiLogoutStack calls it itself`);
  const stack = Stack.of(scope);
  const others = stack.node.findAll().filter((other): other is Outputs => other instanceof Outputs);
  if (others.some((other) => Stack.of(other) === stack && other.prefix === prefix))
    throw new Error(
      `${path}: another deployment of the stack has the prefix ${JSON.stringify(prefix)}. Give each a prefix of its own: addOutputs({ prefix: 'Sales' })`,
    );
};

/**
 * Adds the outputs by which people and the command line find a deployment.
 *
 * @throws when the prefix cannot begin a key, or is that of another deployment in the stack, and when the outputs are there
 */
export const addOutputs = (scope: Construct, values: OutputValues, { prefix = '' }: OutputOptions): void => {
  if (!/^(?:[A-Za-z][A-Za-z0-9]{0,63})?$/.test(prefix))
    throw new Error(`prefix must be up to 64 letters and digits, a letter first (got ${JSON.stringify(prefix)})`);
  checkIsFree(scope, prefix);
  const outputs = new Outputs(scope, prefix);
  for (const [key, [value, description]] of Object.entries(values))
    if (value) new CfnOutput(outputs, key, { key: `${prefix}${key}`, value, description });
};
