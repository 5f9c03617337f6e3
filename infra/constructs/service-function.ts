import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
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
import { distFolder } from '../bundling/dist-folder.ts';
import { howToBuild } from '../bundling/how-to-build.ts';
import { acknowledge, acknowledgeInlinePolicies, acknowledgeWildcard } from './acknowledge.ts';
import type { Deployment } from './deployment.ts';
import { checkSize } from './environment-size.ts';
import type { FunctionEnvironment } from './function-environment.ts';
import { grantConnect } from './network.ts';
import { pascalCase } from './pascal-case.ts';

export type ServiceFunctionProps = {
  readonly deployment: Deployment;
  readonly environment: FunctionEnvironment;
  readonly logGroup: ILogGroup;
  /** @default the setting for all functions but the durable ones */
  readonly memoryMb?: number;
  /** @default 29 seconds: a handler's own deadline is 28, API Gateway's limit 30 */
  readonly timeout?: Duration;
} & Pick<
  FunctionOptions,
  'currentVersionOptions' | 'deadLetterQueue' | 'durableConfig' | 'onFailure' | 'reservedConcurrentExecutions'
>;

/** Why a function has no dead-letter queue. */
const withoutDeadLetters = {
  call: 'The caller waits for the result, and learns of a failure.',
  event: 'An event that failed goes to the destination of the function, which gets the reason too.',
  durable: 'The execution keeps its request and its error, and its end is an alarm.',
} as const satisfies Record<ServiceFunction['invocation'], string>;

/** @throws when the bundle of the function is missing */
const bundleOf = (name: string): Code => {
  const folder = join(distFolder, name);
  if (!existsSync(join(folder, 'index.mjs')))
    throw new Error(
      `The bundle of the function ${name} is missing: ${folder}/index.mjs. ${howToBuild(import.meta.dirname)}`,
    );
  return Code.fromAsset(folder);
};

/**
 * A Lambda function: its bundle, under a role of its own that may write the function's log and traces, and nothing else until
 * a grant adds it.
 *
 * @param name its file in `functions/` and its folder in `dist/`; the id of the construct is the same in PascalCase
 */
export class ServiceFunction extends Construct {
  readonly name: string;
  readonly function: LambdaFunction;
  readonly role: Role;
  /** What follows a failed invocation: the caller sees it, Lambda repeats the event, or the durable execution repeats it. */
  readonly invocation: 'call' | 'event' | 'durable';

  constructor(scope: Construct, name: string, props: ServiceFunctionProps) {
    super(scope, pascalCase(name));
    this.name = name;
    const { deployment, environment, logGroup, memoryMb, timeout = Duration.seconds(29), ...options } = props;
    const { settings, network } = deployment;
    if (options.durableConfig !== undefined) this.invocation = 'durable';
    else this.invocation = options.onFailure === undefined ? 'call' : 'event';
    checkSize(this.node.path, environment);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    if (settings.tracing) acknowledgeWildcard(this.role, '*', "X-Ray's write actions support no resource.");
    acknowledgeInlinePolicies(this.role);
    if (network !== undefined) grantConnect(this.role);
    this.function = new LambdaFunction(this, 'Function', {
      ...options,
      ...network,
      code: bundleOf(name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: this.role,
      memorySize: memoryMb ?? settings.memoryMb,
      timeout,
      environment: { ...environment },
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    });
    if (options.deadLetterQueue === undefined)
      acknowledge(this.function, 'NIST.800.53.R5-LambdaDLQ', withoutDeadLetters[this.invocation]);
    if (options.reservedConcurrentExecutions === undefined)
      acknowledge(
        this.function,
        'NIST.800.53.R5-LambdaConcurrency',
        'A reserved part of the quota would be taken from other functions. Throttling is an alarm.',
      );
  }

  /**
   * The failures that are a reason to act. Lambda repeats an event that failed, and a second attempt may succeed: only an event
   * that Lambda gives up counts.
   * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
   */
  metricFailed(): Metric {
    return this.invocation === 'event' ? this.metricGivenUp() : this.function.metricErrors();
  }

  /** Events that Lambda gave up, after it had put them into the queue of the function's failed events. */
  metricGivenUp(): Metric {
    return this.function.metric('AsyncEventsDropped', { statistic: 'Sum' });
  }
}

/** Every function in the scope. */
export const functionsIn = (scope: Construct): readonly ServiceFunction[] =>
  scope.node.findAll().filter((construct) => construct instanceof ServiceFunction);
