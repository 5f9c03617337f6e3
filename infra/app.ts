import { Annotations, App } from 'aws-cdk-lib';
import {
  type Configuration,
  ConfigurationError,
  contextKey,
  parseConfiguration,
} from './configuration/configuration.ts';
import { misspeltKeys, readNamedContext } from './configuration/configuration-file.ts';
import { GreenApiLogoutStack } from './constructs/green-api-logout-stack.ts';
import { propsOf } from './constructs/settings.ts';

/** Of the CDK CLI: `cdk deploy -c configuration=environments/prod.json`. */
const fileKey = 'configuration';

/** The context with the configuration: the named file's, which has the shape of `cdk.json`, or this app's. */
const contextOf = (app: App): Readonly<Record<string, unknown>> => {
  const file: unknown = app.node.tryGetContext(fileKey);
  return file === undefined ? app.node.getAllContext() : readNamedContext(String(file));
};

const app = new App();
try {
  const context = contextOf(app);
  const configuration: Configuration = parseConfiguration(context[contextKey]);
  const stack = new GreenApiLogoutStack(app, 'GreenApiLogout', propsOf(configuration));
  for (const key of misspeltKeys(context)) {
    Annotations.of(stack).addWarningV2(
      'green-api-logout:context-key',
      `The context key "${key}" is ignored. Is it "${contextKey}" misspelt?`,
    );
  }
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
