import { App } from 'aws-cdk-lib';
import { ConfigurationError, contextKey, parseConfiguration } from '../configuration.ts';
import { GreenApiLogoutStack } from './stack.ts';

const app = new App();
try {
  new GreenApiLogoutStack(app, 'GreenApiLogout', parseConfiguration(app.node.tryGetContext(contextKey)));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
