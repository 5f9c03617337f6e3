import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, type CfnRole, Role } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { GreenApiLogout, type GreenApiLogoutProps } from '../../infra/index.ts';
import { render } from './synthesize.ts';

// cdk-nag reads properties that CDK would have nobody read.
process.env.JSII_DEPRECATED = 'quiet';
// CDK's own rules about templates take longer than all else. They are on where they are the subject.
process.env.CDK_VALIDATION = 'false';

/** An app without what takes time and no test reads: where each construct was made, and the tree of them all. */
export const createApp = (): App =>
  new App({ context: { 'aws:cdk:disable-creation-stack-traces': true }, treeMetadata: false });

/** The construct in somebody else's app, without the feature flags of this repository. */
export const createConstruct = (props: GreenApiLogoutProps | ((stack: Stack) => GreenApiLogoutProps) = {}) => {
  const stack = new Stack(createApp(), 'Company');
  const logout = new GreenApiLogout(stack, 'Logout', typeof props === 'function' ? props(stack) : props);
  return { stack, logout };
};

export const createRole = (stack: Stack, id: string): Role =>
  new Role(stack, id, { assumedBy: new AccountPrincipal('111122223333') });

type Statement = Readonly<Record<'Action' | 'Resource' | 'Condition', unknown>>;

const linesOf = ({ Action, Resource, Condition }: Statement): readonly string[] =>
  [Action]
    .flat()
    .flatMap((action) =>
      [Resource].flat().map((resource) => `${action} ${render(resource)} ${render(Condition)}`.trimEnd()),
    );

/** What the policies of a role allow: a line per action and resource. */
export const rightsOf = (role: Role): readonly string[] => {
  const template = Template.fromStack(Stack.of(role));
  const logicalId = Stack.of(role).getLogicalId(role.node.defaultChild as CfnRole);
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === logicalId))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement.flatMap(linesOf))
    .sort();
};

/** The warnings of the synthesis, without CDK's own additions. */
export const warningsIn = (scope: IConstruct): readonly string[] =>
  Annotations.fromStack(Stack.of(scope))
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data).replace(/ \[ack: .*\]$/, ''));
