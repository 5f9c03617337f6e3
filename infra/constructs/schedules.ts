import { Aws, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import { deliveryRetries } from './delivery-retries.ts';
import type { EventFunction } from './event-function.ts';

export type SchedulesProps = {
  readonly schedules: Configuration['schedules'];
  readonly serviceFunction: EventFunction;
};

/** The configured schedules in a group of their own, and the role under which EventBridge Scheduler calls the function. */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, { schedules, serviceFunction }: SchedulesProps) {
    super(scope, id);
    const scheduleGroup = new ScheduleGroup(this, 'Group', {
      scheduleGroupName: Aws.STACK_NAME,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = this.#createRole(scheduleGroup, serviceFunction);
    for (const { name, expression, timeZone, ...request } of schedules) {
      new Schedule(this, `schedule-${name}`, {
        scheduleName: name,
        scheduleGroup,
        schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone)),
        target: new LambdaInvoke(serviceFunction.function, {
          // The role has its rights; CDK would add every version of the function to them.
          role: role.withoutPolicyUpdates(),
          deadLetterQueue: serviceFunction.undelivered,
          input: ScheduleTargetInput.fromObject({
            schedule: name,
            scheduledTime: ContextAttribute.scheduledTime,
            ...request,
          }),
          ...deliveryRetries,
        }),
      });
    }
  }

  #createRole(group: ScheduleGroup, serviceFunction: EventFunction): Role {
    const role = new Role(this, 'Role', {
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': group.scheduleGroupArn } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [serviceFunction.function.functionArn] }),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [serviceFunction.undelivered.queueArn] }),
    );
    return role;
  }
}
