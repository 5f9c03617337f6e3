// Published at https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups and
// …/application-provisioning-config-problem-scim-compatibility; the white space is the project's.

export const entraFilter = 'filter=userName%20eq%20%22non-existent%20user%22';

export const entraUnknownId = '5171a35d82074e068ce2';

export const entraUser = `{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
  "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", "userName": "Test_User_00aa00aa-bb11-cc22-dd33-44ee44ee44ee", "active": true,
  "emails": [{ "primary": true, "type": "work", "value": "Test_User_11bb11bb-cc22-dd33-ee44-55ff55ff55ff@testuser.com" }],
  "meta": { "resourceType": "User" },
  "name": { "formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName" }, "roles": [] }`;

/** Nulls and a schema that is misspelt, as another of its pages has them. */
export const entraUserWithNulls = `{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
  "externalId": "jyoung", "userName": "jyoung@testuser.com", "active": true, "addresses": null, "displayName": "Joy Young",
  "emails": [{ "type": "work", "value": "jyoung@Contoso.com", "primary": true }], "meta": { "resourceType": "User" },
  "name": { "familyName": "Young", "givenName": "Joy" }, "phoneNumbers": null, "preferredLanguage": null, "title": null,
  "department": null, "manager": null }`;

/** The four dialects of a deactivation that are known: Entra ID's default, its standard one, its tutorial's, and Okta's. */
export const deactivations = {
  'Entra ID': `{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{ "op": "Replace", "path": "active", "value": "False" }] }`,
  'Entra ID with aadOptscim062020': `{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{ "op": "replace", "path": "active", "value": false }] }`,
  "Entra ID's tutorial": `{ "Operations": [{ "op": "Replace", "path": "active", "value": false }], "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"] }`,
  Okta: `{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{ "op": "replace", "value": { "active": false } }] }`,
} as const;
