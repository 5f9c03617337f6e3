import SCIMMY from 'scimmy';
import { serviceProviderConfig } from '../../functions/scim/discovery.ts';
import { userIdOf } from '../../functions/scim/user-id.ts';
import { deactivations, entraFilter, entraUser } from '../support/exchanges/entra.ts';
import { oktaDeactivation, oktaUser } from '../support/exchanges/okta.ts';
import { startProviders } from '../support/identity-providers.ts';
import { type ScimReply, startReferenceScim } from '../support/reference-scim.ts';

const john = 'john.doe@example.com';
const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const patch = (...operations: readonly object[]) =>
  JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations });

/** One request. JOHN in its path stands for the id that each service gives the user John. */
type Exchange = readonly [method: string, path: string, body?: string | undefined, query?: string];

/** Sends both services the same requests, one after another, with John as an existing user. */
const perform = async (exchanges: readonly Exchange[]) => {
  const reference = startReferenceScim([john]);
  const providers = startProviders({ owners: [john] });
  const pairs: (readonly [ours: ScimReply, theirs: ScimReply])[] = [];
  for (const [method, path, body, query] of exchanges) {
    const sent = { ...(body !== undefined && { body }), ...(query !== undefined && { query }) };
    const ours = await providers.scim(method, path.replace('JOHN', userIdOf(john)), sent);
    const theirs = await reference({ method, path: path.replace('JOHN', john), ...sent });
    pairs.push([{ status: ours.status, scimType: ours.body.scimType as string | undefined, body: ours.body }, theirs]);
  }
  return pairs;
};

const last = async (...exchanges: readonly Exchange[]) => {
  const pairs = await perform(exchanges);
  const pair = pairs.at(-1);
  if (pair === undefined) throw new Error('the test needs an exchange');
  return pair;
};

const essence = ({ status, scimType, body }: ScimReply) => ({
  status,
  scimType,
  // The reference server stores the extension; this service does not.
  schemas: status === 204 ? undefined : [body?.schemas].flat().filter((urn) => !String(urn).includes(':extension:')),
  ...(body !== undefined && 'userName' in body && { userName: body.userName, active: body.active }),
  ...(body !== undefined && 'totalResults' in body && { totalResults: body.totalResults, startIndex: body.startIndex }),
});

describe('answers like a server that stores users', () => {
  test.each<readonly [string, ...Exchange]>([
    ['a search that finds nobody', 'GET', '/Users', undefined, entraFilter],
    ['a search that finds the user', 'GET', '/Users', undefined, `filter=userName eq "${john}"`],
    ['everybody', 'GET', '/Users'],
    ['a search with brackets', 'GET', '/Users', undefined, `filter=(userName eq "${john}")`],
    ['all attributes but one', 'GET', '/Users/JOHN', undefined, 'excludedAttributes=active'],
    ['a filter with an unknown operator', 'GET', '/Users', undefined, 'filter=userName xx "x"'],
    ['a user', 'GET', '/Users/JOHN'],
    ['an unknown id', 'GET', '/Users/5171a35d82074e068ce2'],
    ['a new user of Okta', 'POST', '/Users', oktaUser],
    ['a new user of Entra ID', 'POST', '/Users', entraUser],
    ['a user who exists', 'POST', '/Users', `{"schemas":["${core}"],"userName":"${john}"}`],
    ['a user without a name', 'POST', '/Users', `{"schemas":["${core}"]}`],
    ['a replacement', 'PUT', '/Users/JOHN', `{"schemas":["${core}"],"userName":"${john}","active":false}`],
    ['a replacement of nobody', 'PUT', '/Users/x', oktaDeactivation('x')],
    ['a deactivation of Entra ID', 'PATCH', '/Users/JOHN', deactivations['Entra ID with aadOptscim062020']],
    ['a deactivation of its tutorial', 'PATCH', '/Users/JOHN', deactivations["Entra ID's tutorial"]],
    ['a deactivation of Okta', 'PATCH', '/Users/JOHN', deactivations.Okta],
    ['an unknown operation', 'PATCH', '/Users/JOHN', patch({ op: 'frob', path: 'active', value: false })],
    ['a value that is no object, without a path', 'PATCH', '/Users/JOHN', patch({ op: 'replace', value: false })],
    ['a value that is no boolean', 'PATCH', '/Users/JOHN', patch({ op: 'replace', path: 'active', value: 'no' })],
    ['a removal without a path', 'PATCH', '/Users/JOHN', patch({ op: 'remove' })],
    ['a deactivation of nobody', 'PATCH', '/Users/x', deactivations.Okta],
    ['a deletion', 'DELETE', '/Users/JOHN'],
    ['a deletion of nobody', 'DELETE', '/Users/x'],
  ])('%s', async (...[, method, path, body, query]) => {
    const [ours, theirs] = await last([method, path, body, query] as Exchange);

    expect(essence(ours)).toEqual(essence(theirs));
  });

  test('an error has the same members, with its status as a string', async () => {
    const [ours, theirs] = await last(['GET', '/Users/x']);

    expect(Object.keys(ours.body ?? {}).toSorted()).toEqual(Object.keys(theirs.body ?? {}).toSorted());
    expect([ours.body?.status, theirs.body?.status]).toEqual(['404', '404']);
  });
});

describe('the only differences are intended', () => {
  test('the string "False" is accepted, which Entra ID sends by default instead of a boolean', async () => {
    const [ours, theirs] = await last(['PATCH', '/Users/JOHN', deactivations['Entra ID']]);

    expect([ours.status, theirs.status]).toEqual([200, 400]);
  });

  test('one attribute comes with the schemas of the user, which a client needs to read it', async () => {
    const [ours, theirs] = await last(['GET', '/Users/JOHN', undefined, 'attributes=userName']);

    expect(Object.keys(ours.body ?? {})).toEqual(['schemas', ...Object.keys(theirs.body ?? {})]);
  });

  test('an empty list of operations is a syntax error, not a value error', async () => {
    const [ours, theirs] = await last(['PATCH', '/Users/JOHN', patch()]);

    expect([ours.status, ours.scimType]).toEqual([400, 'invalidSyntax']);
    expect([theirs.status, theirs.scimType]).toEqual([400, 'invalidValue']);
  });

  test('a deactivated user still reads as active, so that the next deactivation is sent', async () => {
    const [ours, theirs] = await last(['PATCH', '/Users/JOHN', deactivations.Okta], ['GET', '/Users/JOHN']);

    expect([ours.body?.active, theirs.body?.active]).toEqual([true, false]);
  });

  test('no user is stored: a deleted user can still be read, and a created user is not found', async () => {
    const [deletedHere, deletedThere] = await last(['DELETE', '/Users/JOHN'], ['GET', '/Users/JOHN']);
    const search = 'filter=userName eq "test.user@okta.local"';
    const [foundHere, foundThere] = await last(['POST', '/Users', oktaUser], ['GET', '/Users', undefined, search]);

    expect([deletedHere.status, deletedThere.status]).toEqual([200, 404]);
    expect([foundHere.body?.totalResults, foundThere.body?.totalResults]).toEqual([0, 1]);
  });

  test('a name is found in upper and lower case, as the standard requires', async () => {
    const [ours, theirs] = await last(['GET', '/Users', undefined, 'filter=userName eq "JOHN.DOE@example.com"']);

    expect([ours.body?.totalResults, theirs.body?.totalResults]).toEqual([1, 0]);
  });
});

describe('the discovery documents', () => {
  test('describe the attributes of a user as the standard schema does', async () => {
    const { body } = await startProviders().scim('GET', `/Schemas/${core}`);
    const ours = body.attributes as readonly Record<string, unknown>[];

    for (const { description: _, ...attribute } of ours) {
      const standard = SCIMMY.Schemas.User.definition.attribute(String(attribute.name));
      const { description: __, ...wanted } = JSON.parse(JSON.stringify(standard));
      expect(attribute).toEqual(wanted);
    }
  });

  test('have every member of the standard’s service provider configuration', async () => {
    const theirs = JSON.parse(JSON.stringify(await new SCIMMY.Resources.ServiceProviderConfig().read()));
    const ours = serviceProviderConfig('https://api.example.com/scim/v2');

    expect(Object.keys(ours)).toEqual(expect.arrayContaining(Object.keys(theirs)));
  });
});
