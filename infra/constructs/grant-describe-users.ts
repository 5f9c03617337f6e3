import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';

/** Lets a function read the users of one identity store, which may belong to another account of the organization. */
export const grantDescribeUsers = ({ role }: ServiceFunction, identityStoreId: string): void => {
  const store = `arn:${Aws.PARTITION}:identitystore::*:identitystore/${identityStoreId}`;
  const users = `arn:${Aws.PARTITION}:identitystore:::user/*`;
  role.addToPolicy(new PolicyStatement({ actions: ['identitystore:DescribeUser'], resources: [store, users] }));
  acknowledgeWildcard(role, store, 'The id of an identity store is unique; its account is not known here.');
  acknowledgeWildcard(role, users, 'Any user of the identity store may be changed.');
};
