import type { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Alarm, Dashboard, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { instanceIdRule, parseInstanceId } from '../../functions/green-api/instance-id.ts';
import { routes } from '../../functions/http/routes.ts';
import { metricDimensions } from '../../functions/platform/metrics.ts';
import { createDashboard } from './dashboard.ts';
import { grantReadHealth, grantReadStack } from './grant.ts';
import type {
  GreenApiLogoutProps,
  LogoutFunctions,
  LogoutMetricOptions,
  OutputOptions,
} from './green-api-logout-props.ts';
import { grantReadLog } from './log-groups.ts';
import { addOutputs, outputsOf, topicsOf } from './outputs.ts';
import { createParts } from './parts.ts';

/**
 * Logs messenger instances out of GREEN-API: on an HTTPS call, on a schedule, and when somebody leaves. Several of them can be
 * in one stack.
 */
export class GreenApiLogout extends Construct {
  readonly api: HttpApi;
  /** The only stage of the API. */
  readonly stage: HttpStage;
  /** The address of the API, without a slash at its end: `domainName`, if there is one. */
  readonly endpoint: string;
  readonly authorizationType: 'AWS_IAM' | 'JWT';
  /** Offboarding events come in on it, outcome events go out. */
  readonly eventBus: EventBus;
  /** Every function by its name. A caller with `lambda:InvokeFunction` needs no API. */
  readonly functions: LogoutFunctions;
  /** The function that executes runs. */
  readonly runFunction: LambdaFunction;
  /** The function that watches confirmed instances after a run. */
  readonly watchFunction: LambdaFunction;
  /** For `aws secretsmanager rotate-secret`, where token rotation is enabled. */
  readonly rotateTokenFunction: LambdaFunction | undefined;
  /** The requests of runs that failed, were stopped or timed out. */
  readonly runDeadLetters: Queue;
  readonly scheduleGroup: ScheduleGroup;
  /** The schedules whose run could not be started, with the reason. */
  readonly scheduleFailed: Queue;
  /** The schedules that could not reach their function. */
  readonly scheduleUndelivered: Queue;
  /** The events about leavers that started no run, with the reason. */
  readonly offboardingFailed: Queue;
  /** The events about leavers that could not reach their function. */
  readonly offboardingUndelivered: Queue;
  /** One record per logout. It stays when the stack is deleted. */
  readonly evidenceLogGroup: LogGroup;
  /** A copy of the evidence that nobody can alter, if there is one. It stays when the stack is deleted. */
  readonly evidenceVault: Bucket | undefined;
  /** How long the vault keeps each record at least, e.g. `COMPLIANCE, 2562 days`. */
  readonly evidenceVaultRetention: string | undefined;
  /** Batches of evidence that could not be stored in the vault, with the reason. */
  readonly evidenceVaultFailed: Queue | undefined;
  readonly alarms: readonly Alarm[];
  readonly alarmTopic: ITopic | undefined;
  /** Events whose notification could not be published, if there are notifications. */
  readonly notificationsUndelivered: Queue | undefined;
  readonly dashboard: Dashboard;
  /** How the names of the instances' secrets begin. */
  readonly secretPrefix: string;
  /** Hosts besides GREEN-API's own that the secrets may name. */
  readonly allowedApiHosts: readonly string[];
  readonly #parts: ReturnType<typeof createParts>;
  readonly #props: GreenApiLogoutProps;

  /** @throws ConfigurationError naming every prop that is wrong */
  constructor(scope: Construct, id: string, props: GreenApiLogoutProps = {}) {
    super(scope, id);
    const parts = createParts(this, props);
    const { settings, api, run, schedule, offboarding } = parts;
    this.api = api.httpApi;
    this.stage = api.stage;
    this.endpoint = api.endpoint;
    this.authorizationType = api.authorizationType;
    this.eventBus = parts.bus.eventBus;
    this.functions = parts.functions;
    this.runFunction = run.durable.service.function;
    this.watchFunction = parts.watch.durable.service.function;
    this.rotateTokenFunction = parts.rotateToken?.function;
    this.runDeadLetters = run.deadLetters;
    this.scheduleGroup = parts.schedules.group;
    this.scheduleFailed = schedule.failed;
    this.scheduleUndelivered = schedule.undelivered;
    this.offboardingFailed = offboarding.failed;
    this.offboardingUndelivered = offboarding.undelivered;
    this.evidenceLogGroup = parts.evidence;
    this.evidenceVault = parts.evidenceVault?.bucket;
    this.evidenceVaultRetention = parts.evidenceVault?.retention;
    this.evidenceVaultFailed = parts.evidenceVault?.failed;
    this.alarms = parts.alarms.all;
    this.alarmTopic = props.alarmTopic;
    this.notificationsUndelivered = parts.notifications?.undelivered;
    this.dashboard = createDashboard(this, 'Dashboard', parts);
    this.secretPrefix = settings.secretPrefix;
    this.allowedApiHosts = settings.allowedApiHosts;
    this.#parts = parts;
    this.#props = props;
  }

  /**
   * Adds the outputs by which the command line finds this deployment: `--stack NameOfStack`, with a prefix
   * `--stack NameOfStack/Prefix`. Call it once. `GreenApiLogoutStack` calls it itself.
   *
   * @throws when the prefix cannot begin the key of an output, or is that of another deployment in the stack, and when the outputs
   * are there
   */
  addOutputs(options: OutputOptions = {}): void {
    addOutputs(this, outputsOf(this.#parts, this.dashboard, this.#props), options);
  }

  /**
   * Lets somebody log instances out by the API.
   *
   * @param idInstance @default every instance
   * @throws when callers of the API are authorized by JWT
   */
  grantLogout(grantee: IGrantable, idInstance = '*'): Grant {
    if (idInstance !== '*' && parseInstanceId(idInstance) === undefined)
      throw new Error(`idInstance ${instanceIdRule} (got ${JSON.stringify(idInstance).slice(0, 80)})`);
    return this.#parts.api.grantCall(grantee, ['POST', `/instances/${idInstance}/logout`]);
  }

  /** Lets somebody list the instances and read their states. @throws when callers of the API are authorized by JWT */
  grantReadInstances(grantee: IGrantable): Grant {
    return this.#parts.api.grantCall(grantee, ['GET', '/instances'], ['GET', '/instances/*/state']);
  }

  /**
   * Lets somebody start runs, and read and stop them and their watches. A run can aim at every instance that is not protected: grant it to few.
   *
   * @throws when callers of the API are authorized by JWT
   */
  grantStartRuns(grantee: IGrantable): Grant {
    const ofRuns = routes.filter((route) => route.function === 'forced-logouts');
    const calls = ofRuns.map(({ method, path }) => [method, path.replace('{id}', '*')] as const);
    return this.#parts.api.grantCall(grantee, ...calls);
  }

  /** Lets somebody read the evidence, by CloudWatch Logs Insights too, and in the vault, if there is one. */
  grantReadEvidence(grantee: IGrantable): Grant {
    const grant = grantReadLog(this.evidenceLogGroup, grantee);
    return this.evidenceVault === undefined ? grant : grant.combine(this.evidenceVault.grantRead(grantee));
  }

  /** Lets somebody use the command `enroll`: make the secrets under the prefix, read and write them and their tags. */
  grantEnroll(grantee: IGrantable): Grant {
    return this.#parts.secrets.grantEnroll(grantee).combine(grantReadStack(this, grantee));
  }

  /**
   * Lets somebody use the command `doctor`: read the alarms, queues and topics, list the instances and read their states. With a
   * JWT issuer the API takes a token, and this grants the rest.
   */
  grantDiagnose(grantee: IGrantable): Grant {
    const topics = new Set([...(this.alarmTopic ? [this.alarmTopic.topicArn] : []), ...topicsOf(this.#parts)]);
    const health = grantReadHealth(this, grantee, [...topics]);
    return this.authorizationType === 'JWT' ? health : health.combine(this.grantReadInstances(grantee));
  }

  /** Lets somebody in this account put offboarding events on the bus: such an event logs people out. */
  grantPutOffboardingEvents(grantee: IGrantable): Grant {
    return this.#parts.bus.grantPutOffboardingEvents(grantee);
  }

  /** Logouts whose end was confirmed. @default sum over 5 minutes */
  metricConfirmed(options?: LogoutMetricOptions): Metric {
    return this.#metric('confirmed', options);
  }

  /** Logouts that failed. @default sum over 5 minutes */
  metricFailed(options?: LogoutMetricOptions): Metric {
    return this.#metric('failed', options);
  }

  /** Milliseconds from the cause of a logout to its confirmation. @default maximum over 5 minutes */
  metricTimeToLogout(options?: LogoutMetricOptions): Metric {
    return this.#metric('timeToLogout', { statistic: 'Maximum', ...options });
  }

  #metric(
    name: 'confirmed' | 'failed' | 'timeToLogout',
    { function: by, ...options }: LogoutMetricOptions = {},
  ): Metric {
    return this.#parts.metrics.of(name, by && { [metricDimensions.function]: by }, options);
  }
}
