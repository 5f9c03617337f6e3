import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Alias, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledgeInlinePolicies, acknowledgeWildcard } from './acknowledge.ts';
import type { DataKey } from './data-key.ts';
import { grant, grantWildcard } from './grant.ts';
import { sumOfMetrics } from './logout-metrics.ts';
import { pascalCase } from './pascal-case.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

type DurableFunctionProps = Pick<ServiceFunctionProps, 'deployment' | 'environment' | 'deadLetterQueue'> & {
  readonly executionTimeout: Duration;
};

const perVersion = 'An execution belongs to one version of the function, and every deployment makes another.';

/** A durable Lambda function, which leaves evidence. Executions start through its alias `live`, and stay with the version they began with. */
export class DurableFunction extends Construct {
  readonly service: ServiceFunction;
  readonly alias: Alias;
  readonly #dataKey: DataKey;

  /** @param name as of {@link ServiceFunction} */
  constructor(scope: Construct, name: string, props: DurableFunctionProps) {
    super(scope, pascalCase(name));
    const { executionTimeout, ...rest } = props;
    const { settings, dataKey, evidence } = props.deployment;
    this.#dataKey = dataKey;
    this.service = new ServiceFunction(this, name, {
      ...rest,
      logGroup: evidence,
      memoryMb: settings.runs.memoryMb,
      timeout: Duration.minutes(15),
      durableConfig: { executionTimeout, retentionPeriod: Duration.days(settings.runs.retentionDays) },
      // A waiting execution needs the version it began with, many deployments later. A version that a rolled back deployment
      // published is deleted: otherwise the same code could not be deployed again.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
    });
    Annotations.of(this.service.function).acknowledgeInfo('aws-lambda:Function.DurableConfig', 'Set from the start.');
    this.#encryptHistory();
    this.alias = this.service.function.addAlias('live');
    this.alias.node.addDependency(this.#allowCheckpoints());
  }

  /** How many executions did (https://docs.aws.amazon.com/lambda/latest/dg/durable-monitoring.html). */
  metric(what: 'Started' | 'Succeeded' | 'Failed' | 'TimedOut'): Metric {
    return this.service.function.metric(`DurableExecution${what}`, { statistic: 'Sum' });
  }

  /**
   * Executions that failed, timed out or were held up because Lambda throttled them. `Errors` is not among them: stopping an
   * execution that works ends its invocation with an error, and Lambda repeats an invocation that failed.
   *
   * @param more further troubles by their names in kebab case. One named `failed` replaces every execution that failed
   */
  metricTrouble(more: Readonly<Record<string, IMetric>> = {}): IMetric {
    const trouble = {
      failed: this.metric('Failed'),
      'timed-out': this.metric('TimedOut'),
      throttled: this.service.function.metricThrottles(),
      ...more,
    };
    return sumOfMetrics(`${this.service.name} failed, timed out or throttled`, trouble);
  }

  /** Lets the function start executions. */
  grantStart({ role }: ServiceFunction): void {
    grant(role, ['lambda:InvokeFunction'], this.alias.functionArn);
  }

  /** Lets the function list executions, by name and start. */
  grantList({ role }: ServiceFunction): void {
    const { functionArn } = this.service.function;
    const ofEveryVersion = [functionArn, `${functionArn}:*`];
    grantWildcard(role, ['lambda:ListDurableExecutionsByFunction'], perVersion, ...ofEveryVersion);
  }

  /** Lets the function find, read and stop executions. Lambda authorizes that on the durable function and its versions, never on an alias. */
  grantFollow(service: ServiceFunction): void {
    const { functionArn } = this.service.function;
    this.grantList(service);
    grantWildcard(
      service.role,
      ['lambda:GetDurableExecution', 'lambda:GetDurableExecutionHistory', 'lambda:StopDurableExecution'],
      perVersion,
      `${functionArn}:*/durable-execution/*`,
    );
    this.#dataKey.allow(service.role, 'lambda', 'Decrypt');
  }

  #encryptHistory(): void {
    const definition = this.service.function.node.defaultChild;
    if (this.#dataKey.key === undefined || !CfnFunction.isCfnFunction(definition)) return;
    // The construct of CDK has no such prop yet.
    definition.addPropertyOverride('DurableConfig.KMSKeyArn', this.#dataKey.key.keyArn);
    this.#dataKey.allow(this.service.role, 'lambda', 'Decrypt');
  }

  // Not in the role's own policy: the function waits for that one, and this one for the function.
  #allowCheckpoints(): Policy {
    const actions = ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'];
    const versions = `${this.service.function.functionArn}:*`;
    const statements = [new PolicyStatement({ actions, resources: [versions] })];
    const policy = new Policy(this, 'Checkpoints', { roles: [this.service.role], statements });
    acknowledgeWildcard(policy, versions, perVersion);
    acknowledgeInlinePolicies(policy);
    return policy;
  }
}
