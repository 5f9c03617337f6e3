import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { GreenApiLogout } from 'green-api-logout';

const idInstance = '1101000001';

const stack = new Stack(new App(), 'Phones');
const logout = new GreenApiLogout(stack, 'Logout', {
  schedules: [
    {
      name: 'end-of-shift',
      expression: 'cron(0 22 ? * MON-FRI *)',
      timeZone: 'Europe/Berlin',
      target: { instances: [idInstance] },
      reason: 'end of shift',
    },
  ],
});
logout.addOutputs();

// A call: POST /instances/1101000001/logout, signed with the credentials of this role. It may log out no other instance.
const offboarding = new Role(stack, 'Offboarding', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
logout.grantLogout(offboarding, idInstance);

// Without the API: this role invokes the function. It may log out every instance, and evidence does not name it.
const job = new Role(stack, 'Job', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
logout.functions.logout.grantInvoke(job);
new CfnOutput(stack, 'LogoutFunction', { value: logout.functions.logout.functionName });
