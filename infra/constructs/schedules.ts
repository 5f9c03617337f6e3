import { Aws, RemovalPolicy, TimeZone, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Settings } from '../configuration/configuration.ts';
import { deliveryRetries, type EventFunction } from './event-function.ts';
import type { ServiceFunction } from './service-function.ts';

export type SchedulesProps = {
  readonly settings: Settings;
  /** The function that starts a run when a schedule is due. */
  readonly events: EventFunction;
};

/** The configured schedules in a group of their own, and the role under which EventBridge Scheduler calls the function. */
export class Schedules extends Construct {
  readonly group: ScheduleGroup;

  constructor(scope: Construct, id: string, { settings, events }: SchedulesProps) {
    super(scope, id);
    this.group = new ScheduleGroup(this, 'Group', {
      scheduleGroupName: settings.name,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const target = this.#createTarget(events);
    for (const { name, expression, timeZone, ...request } of settings.schedules) {
      const schedule = new Schedule(this, `Schedule-${name}`, {
        scheduleName: name,
        scheduleGroup: this.group,
        schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone)),
        target: target({ schedule: name, scheduledTime: ContextAttribute.scheduledTime, ...request }),
      });
      Validations.of(schedule).acknowledge({
        id: 'CloudFormation-Validate::E3019',
        reason: 'A name is unique within its schedule group. The rule compares all schedules of the template.',
      });
    }
  }

  #createTarget({ service, undelivered: deadLetterQueue }: EventFunction): (input: object) => LambdaInvoke {
    // The role has its rights; CDK would add every version of the function to them.
    const role = this.#createRole(service, deadLetterQueue).withoutPolicyUpdates();
    return (input) =>
      new LambdaInvoke(service.function, {
        role,
        deadLetterQueue,
        input: ScheduleTargetInput.fromObject(input),
        ...deliveryRetries,
      });
  }

  #createRole(service: ServiceFunction, undelivered: Queue): Role {
    const role = new Role(this, 'Role', {
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': this.group.scheduleGroupArn },
        },
      }),
    });
    const allow = (action: string, arn: string) =>
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: [arn] }));
    allow('lambda:InvokeFunction', service.function.functionArn);
    allow('sqs:SendMessage', undelivered.queueArn);
    return role;
  }
}
