import { Token } from 'aws-cdk-lib';
import { ConfigurationError } from '../configuration/configuration.ts';
import { type FunctionEnvironment, settingOf } from './function-environment.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostBytes = 4_096;

/** What CloudFormation fills in at the deployment is a name or an ARN. */
const bytesOfToken = 100;

/** @throws ConfigurationError naming the longest settings when Lambda would refuse the variables of the function */
export const checkSize = (path: string, environment: FunctionEnvironment): void => {
  const sizes = Object.entries(environment).map(([name, value]) => ({
    setting: settingOf.get(name),
    bytes: Buffer.byteLength(name) + (Token.isUnresolved(value) ? bytesOfToken : Buffer.byteLength(value)),
  }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= mostBytes) return;
  const longest = sizes.toSorted((one, other) => other.bytes - one.bytes).slice(0, 3);
  throw new ConfigurationError(
    `${path}: the variables of the function take ${total} bytes, and Lambda allows ${mostBytes}. Shorten the longest settings: ${longest.map(({ setting, bytes }) => `${setting} ${bytes}`).join(', ')}.`,
  );
};
