import { App, Validations } from 'aws-cdk-lib';
import { ConfigurationError, contextKey, parseConfiguration } from './configuration/configuration.ts';
import { warningsAbout } from './configuration/schedules/schedule-warnings.ts';
import { GreenApiLogoutStack } from './constructs/stack.ts';

const app = new App();
try {
  const configuration = parseConfiguration(app.node.tryGetContext(contextKey));
  const stack = new GreenApiLogoutStack(app, 'GreenApiLogout', configuration);
  for (const warning of warningsAbout(configuration.schedules, new Date())) {
    Validations.of(stack).addWarning('green-api-logout:schedule', warning);
  }
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
