import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { GreenApiLogoutStack } from '../../../infra/aws/stack.ts';
import { parseConfiguration } from '../../../infra/configuration.ts';

const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../cdk.json'), 'utf8'));

/** The stack as it would be deployed with this configuration, under the feature flags of `cdk.json`. */
export const synthesize = (configuration: object = {}) => {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const stack = new GreenApiLogoutStack(app, 'GreenApiLogout', parseConfiguration(configuration));
  return { app, stack, template: Template.fromStack(stack), folder: app.synth().directory };
};

/** A logical id without the hash that CDK puts at its end. */
const withoutHash = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

const sayReference = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const [kind, of] = Object.entries(value)[0] ?? [];
  if (kind === 'Ref') return `<${withoutHash(of)}>`;
  if (kind === 'Fn::GetAtt') return `<${withoutHash(of[0])}.${of[1]}>`;
  if (kind === 'Fn::Join') return of[1].map(say).join(of[0]);
  return value;
};

/** A value of the template as a reader would say it: `arn:<AWS::Partition>:…`, `<logoutFunction.Arn>`. */
export const say = (value: unknown): string => {
  const said = JSON.stringify(value, sayReference) ?? '';
  return said.startsWith('"') ? JSON.parse(said) : said;
};

type Synthesized = ReturnType<typeof synthesize>;

/** The properties of every resource of a type, by logical id. */
export const resourcesIn = ({ template }: Synthesized, type: string) =>
  Object.fromEntries(
    Object.entries(template.findResources(type)).map(([id, { Properties }]) => [withoutHash(id), Properties ?? {}]),
  );

type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
};

/** What the policies of the stack allow: a line per role, action and resource. */
export const permissionsIn = (synthesized: Synthesized): readonly string[] =>
  Object.values(resourcesIn(synthesized, 'AWS::IAM::Policy')).flatMap(({ Roles, PolicyDocument }) =>
    PolicyDocument.Statement.flatMap(({ Effect, Action, Resource, Condition }: Statement) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .map((resource) => `${say(Roles)} ${Effect} ${action} ${say(resource)} ${say(Condition)}`.trimEnd()),
        ),
    ),
  );
