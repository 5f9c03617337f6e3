// Published at https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20 and
// https://developer.okta.com/docs/concepts/event-hooks; the white space is the project's.

export const oktaScimAgent = 'Okta SCIM Client 1.0.0';

export const oktaFilter = 'filter=userName%20eq%20%22test.user%40okta.local%22&startIndex=1&count=100';

export const oktaUser = `{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "test.user@okta.local",
  "name": { "givenName": "Test", "familyName": "User" },
  "emails": [{ "primary": true, "value": "test.user@okta.local", "type": "work" }],
  "displayName": "Test User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7", "groups": [], "password": "1mz050nq",
  "active": true }`;

/** The published replacement of a user, with `active` false as the text beside it says. @param id as this service gave it out */
export const oktaDeactivation = (id: string): string => `{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "${id}", "userName": "test.user@okta.local",
  "name": { "givenName": "Another", "middleName": "Excited", "familyName": "User" },
  "emails": [{ "primary": true, "value": "test.user@okta.local", "type": "work" }],
  "active": false, "groups": [], "meta": { "resourceType": "User" } }`;

/** A delivery of an event hook: a sign-in, which reports no leaver. */
export const oktaDelivery = {
  eventType: 'com.okta.event_hook',
  eventTypeVersion: '1.0',
  cloudEventsVersion: '0.1',
  contentType: 'application/json',
  eventId: 'b5a188b9-5ece-4636-b041-482ffda96311',
  eventTime: '2019-03-27T16:59:53.032Z',
  source: 'https://{yourOktaDomain}/api/v1/eventHooks/whoql0HfiLGPWc8Jx0g3',
  data: {
    events: [
      {
        version: '0',
        severity: 'INFO',
        client: {
          zone: 'OFF_NETWORK',
          device: 'Unknown',
          userAgent: { os: 'Unknown', browser: 'UNKNOWN', rawUserAgent: 'UNKNOWN-DOWNLOAD' },
          ipAddress: '12.97.85.90',
        },
        actor: {
          id: '00u1qw6mqitPHM8AJ0g7',
          type: 'User',
          alternateId: 'admin@example.com',
          displayName: 'Example Admin',
        },
        outcome: { result: 'SUCCESS' },
        uuid: 'f790999f-fe87-467a-9880-6982a583986c',
        published: '2018-03-28T22:23:07.777Z',
        eventType: 'user.session.start',
        displayMessage: 'User login to Okta',
        transaction: { type: 'WEB', id: 'V04Oy4ubUOc5UuG6s9DyNQAABtc' },
        legacyEventType: 'core.user_auth.login_success',
        authenticationContext: { authenticationStep: 0, externalSessionId: '1013FfF-DKQSvCI4RVXChzX-w' },
      },
    ] as readonly unknown[],
  },
};
