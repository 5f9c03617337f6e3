import type { ScimObject } from './attributes.ts';
import { maxResults, schemaUrns } from './response.ts';

const meta = (baseUrl: string, resourceType: string, path: string) => ({
  resourceType,
  location: `${baseUrl}/${path}`,
});

/** RFC 7643, section 5. */
export const serviceProviderConfig = (baseUrl: string): ScimObject => ({
  schemas: [schemaUrns.serviceProviderConfig],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A bearer token that belongs to this provider alone. The deployment stores its SHA-256 digest.',
      primary: true,
    },
  ],
  meta: meta(baseUrl, 'ServiceProviderConfig', 'ServiceProviderConfig'),
});

/** RFC 7643, section 6. */
export const resourceTypes = (baseUrl: string): readonly ScimObject[] => [
  {
    schemas: [schemaUrns.resourceType],
    id: 'User',
    name: 'User',
    description: 'A person who owns messenger instances.',
    endpoint: '/Users',
    schema: schemaUrns.user,
    schemaExtensions: [],
    meta: meta(baseUrl, 'ResourceType', 'ResourceTypes/User'),
  },
];

const single = { multiValued: false, returned: 'default' } as const;

const attributes: readonly ScimObject[] = [
  {
    ...single,
    name: 'userName',
    type: 'string',
    description: 'An identity of the person: one of those in the owner tag of an instance.',
    required: true,
    caseExact: false,
    mutability: 'readWrite',
    uniqueness: 'server',
  },
  {
    ...single,
    name: 'active',
    type: 'boolean',
    description:
      'False starts the logout of every instance of this person. The answer to that request says false: the logout was ' +
      'started. A later reading says true, whatever happened before: the next deactivation will be acted on too.',
    required: false,
    mutability: 'readWrite',
  },
];

/** RFC 7643, section 7. */
export const schemas = (baseUrl: string): readonly ScimObject[] => [
  {
    schemas: [schemaUrns.schema],
    id: schemaUrns.user,
    name: 'User',
    description: 'A person who owns messenger instances. This service stores nobody: it reads the tags of instances.',
    attributes,
    meta: meta(baseUrl, 'Schema', `Schemas/${schemaUrns.user}`),
  },
];
