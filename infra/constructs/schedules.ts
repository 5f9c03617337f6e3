import { Aws, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInlinePolicies } from './acknowledge.ts';
import type { Deployment } from './deployment.ts';
import { deliveryRetries, type EventFunction } from './event-function.ts';
import { grant } from './grant.ts';
import type { ServiceFunction } from './service-function.ts';

/** The configured schedules in a group of their own, and the role under which EventBridge Scheduler calls the function. */
export class Schedules extends Construct {
  readonly group: ScheduleGroup;

  /** @param events the function that starts a run when a schedule is due */
  constructor(scope: Construct, id: string, { settings, dataKey }: Deployment, events: EventFunction) {
    super(scope, id);
    this.group = new ScheduleGroup(this, 'Group', {
      scheduleGroupName: settings.name,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { service, undelivered: deadLetterQueue } = events;
    const allowed = this.#createRole(service);
    dataKey.allowSend(allowed, deadLetterQueue);
    // The role has its rights; CDK would add every version of the function to them.
    const role = allowed.withoutPolicyUpdates();
    for (const { name, expression, timeZone, ...request } of settings.schedules) {
      const input = { schedule: name, scheduledTime: ContextAttribute.scheduledTime, ...request };
      const schedule = new Schedule(this, `Schedule-${name}`, {
        scheduleName: name,
        scheduleGroup: this.group,
        schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone)),
        target: new LambdaInvoke(service.function, {
          role,
          deadLetterQueue,
          input: ScheduleTargetInput.fromObject(input),
          ...deliveryRetries,
        }),
      });
      acknowledge(
        schedule,
        'CloudFormation-Validate::E3019',
        'A name is unique within its schedule group. The rule compares all schedules of the template.',
      );
    }
  }

  #createRole({ function: { functionArn } }: ServiceFunction): Role {
    const role = new Role(this, 'Role', {
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': this.group.scheduleGroupArn },
        },
      }),
    });
    grant(role, ['lambda:InvokeFunction'], functionArn);
    acknowledgeInlinePolicies(role);
    return role;
  }
}
