import { Annotations, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import { type Alarms, stillLoggedIn } from './alarms.ts';
import { createDeadLetters } from './dead-letters.ts';
import { callingEnvironment, type FunctionEnvironment, startingEnvironment } from './function-environment.ts';
import type { InstanceSecrets } from './instance-secrets.ts';
import { ServiceFunction } from './service-function.ts';
import type { StackBus } from './stack-bus.ts';

export type RunFunctionProps = {
  readonly configuration: Configuration;
  readonly evidence: ILogGroup;
  readonly secrets: InstanceSecrets;
  readonly bus: StackBus;
  readonly alarms: Alarms;
};

/** Logs many instances out, durably. What is started goes to its alias, and stays with the version that it began with. */
export class RunFunction extends ServiceFunction {
  /** The requests of runs that failed, were stopped or took too long. A stopped one is no emergency: nobody is alarmed. */
  readonly deadLetters: Queue;
  /** What a function needs to know to start a run. */
  readonly startingEnvironment: FunctionEnvironment;
  readonly #alias: Alias;

  constructor(scope: Construct, id: 'run', { configuration, evidence, secrets, bus, alarms }: RunFunctionProps) {
    const { runs } = configuration;
    const deadLetters = createDeadLetters(scope, `${id}-dead-letters`);
    super(scope, id, {
      environment: callingEnvironment(configuration, bus.eventBusName),
      logGroup: evidence,
      memoryMb: runs.memoryMb,
      timeout: Duration.minutes(15),
      durableConfig: {
        executionTimeout: Duration.days(runs.executionTimeoutDays),
        retentionPeriod: Duration.days(runs.retentionDays),
      },
      deadLetterQueue: deadLetters,
      // A run that waits needs the version it began with, many deployments later.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    this.deadLetters = deadLetters;
    Annotations.of(this.function).acknowledgeInfo('aws-lambda:Function.DurableConfig', 'It has been from the first.');
    this.#alias = this.function.addAlias('live');
    this.#alias.node.addDependency(this.#allowCheckpoints());
    this.startingEnvironment = startingEnvironment(configuration, this.function.functionName, this.#alias.aliasName);
    secrets.grantRead(this);
    secrets.grantDescribe(this);
    secrets.grantList(this);
    bus.grantPutOutcomes(this);
    this.#watch(alarms);
  }

  /** How many runs did (https://docs.aws.amazon.com/lambda/latest/dg/durable-monitoring.html). */
  metric(what: 'Started' | 'Succeeded' | 'Failed' | 'TimedOut'): Metric {
    return this.function.metric(`DurableExecution${what}`, { statistic: 'Sum' });
  }

  /** Lets the function start runs. */
  grantStart({ role }: ServiceFunction): void {
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.#alias.functionArn] }));
  }

  /** Lets the function find, read and stop runs. Those are authorised on the function and its versions, never on an alias. */
  grantFollow({ role }: ServiceFunction): void {
    const { functionArn } = this.function;
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:ListDurableExecutionsByFunction'],
        resources: [functionArn, `${functionArn}:*`],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:GetDurableExecution', 'lambda:GetDurableExecutionHistory', 'lambda:StopDurableExecution'],
        resources: [`${functionArn}:*/durable-execution/*`],
      }),
    );
    this.#acknowledgeWildcard(role, ':*');
    this.#acknowledgeWildcard(role, ':*/durable-execution/*');
  }

  #watch(alarms: Alarms): void {
    alarms.addForFunction(this, stillLoggedIn);
    alarms.addForLogouts('run', stillLoggedIn);
    alarms.add('run-failed', { metric: this.metric('Failed'), impact: `A run ended with failures. ${stillLoggedIn}` });
    alarms.add('run-timed-out', { metric: this.metric('TimedOut'), impact: `A run took too long. ${stillLoggedIn}` });
  }

  // Not in the role's own policy: the function waits for that one, and this one for the function.
  #allowCheckpoints(): Policy {
    const policy = new Policy(this, 'Checkpoints', {
      roles: [this.role],
      statements: [
        new PolicyStatement({
          actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
          resources: [`${this.function.functionArn}:*`],
        }),
      ],
    });
    this.#acknowledgeWildcard(policy, ':*');
    return policy;
  }

  #acknowledgeWildcard(scope: Construct, suffix: string): void {
    const { 'Fn::GetAtt': reference } = Stack.of(this).resolve(this.function.functionArn);
    Validations.of(scope).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${reference.join('.')}>${suffix}]`,
      reason: 'A run belongs to one version of the function, and every deployment makes another.',
    });
  }
}
