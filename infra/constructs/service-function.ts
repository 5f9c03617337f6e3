import { join } from 'node:path';
import { Duration, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type FunctionOptions,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { distFolder } from '../bundling/bundling.ts';
import type { FunctionEnvironment } from './function-environment.ts';

export type ServiceFunctionProps = {
  readonly environment: FunctionEnvironment;
  readonly logGroup: ILogGroup;
  readonly memoryMb: number;
  /** @default 29 seconds: the own deadline of a function is 28, API Gateway's limit 30 */
  readonly timeout?: Duration;
} & Pick<FunctionOptions, 'currentVersionOptions' | 'deadLetterQueue' | 'durableConfig' | 'onFailure'>;

/**
 * A Lambda function: the bundle that `npm run build` wrote for the function, under a role of its own that may write the
 * function's log and traces, and nothing else until a `grant…` says so.
 *
 * @param id the function's name: its file in `functions/` and its folder in `dist/`
 */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { environment, logGroup, memoryMb, timeout = Duration.seconds(29), ...options } = props;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: "X-Ray's write actions support no resource.",
    });
    this.function = new LambdaFunction(this, 'Function', {
      ...options,
      code: Code.fromAsset(join(distFolder, id)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: this.role,
      memorySize: memoryMb,
      timeout,
      environment: { ...environment },
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
    });
  }
}
