import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A value of the template as cdk-nag writes it: `arn:<AWS::Partition>:…`, `<LogoutFunction.Arn>`. */
const describe = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[kind, of] = []] = Object.entries(value);
  switch (kind) {
    case 'Ref':
      return `<${of}>`;
    case 'Fn::GetAtt':
      return `<${of.join('.')}>`;
    default:
      return of[1].map(describe).join(of[0]);
  }
};

/** Gives cdk-nag the reason why a policy allows more than one resource. */
export const acknowledgeWildcard = (of: IConstruct, resource: string, reason: string): void =>
  Validations.of(of).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${describe(Stack.of(of).resolve(resource))}]`,
    reason,
  });
