import { addressWithToken } from '../../console/server/start-token.ts';
import type { Print } from './output.ts';
import type { Service } from './service.ts';

/** What a newcomer can do next; the demo fleet is in the emulators only. */
const whatToTry = ({ url, greenApiUrl, startToken }: Service): string =>
  greenApiUrl === undefined
    ? `
Real secrets, real GREEN-API: every logout here ends a real session.

Every call needs the start token, which is part of the address above:

  curl -H 'Authorization: Bearer ${startToken}' ${url}/instances
  curl -H 'Authorization: Bearer ${startToken}' -X POST ${url}/instances/<idInstance>/logout -d '{"reason":"phone lost"}'
`
    : `
Try more, from another terminal:

  curl ${url}/instances
  curl '${url}/instances?owner=john.doe@example.com'
  curl -i -X POST ${url}/instances/1101000003/logout -H 'Prefer: wait=10' -d '{"reason":"phone lost"}'
  curl -i -X POST ${url}/instances/1101000002/logout -H 'Prefer: wait=0'

Make GREEN-API fail, and read the answer (all faults: curl ${greenApiUrl}/emulator/faults):

  curl -X PUT ${greenApiUrl}/emulator/instances/1101000004/fault -d '{"fault":"still-authorized"}'
  curl -i -X POST ${url}/instances/1101000004/logout
  curl -X DELETE ${greenApiUrl}/emulator/instances/1101000004/fault
  curl -X PUT ${greenApiUrl}/emulator/instances/1101000001/state -d '{"stateInstance":"authorized"}'   # links it again

Log many out, and watch:

  curl -X POST ${url}/forced-logouts -d '{"target":{"group":"support"},"reason":"team closed"}'
  curl ${url}/forced-logouts/<id>
`;

/** The tokens are good for this start only: the providers of a configuration have tokens of their own. */
const asIdentityProvider = ({ url, demoTokens }: Service): string => {
  const { 'demo-hr': hr, 'demo-okta': okta, 'demo-scim': scim } = demoTokens;
  if (hr === undefined) return '';
  return `
Report a leaver as an identity provider does:

  curl -i ${url}/offboarding -H 'Authorization: Bearer ${hr}' -d '{"id":"hr-1","email":"john.doe@example.com"}'
  curl -i ${url}/okta-event-hook -H 'Authorization: ${okta}' -H 'X-Okta-Verification-Challenge: hello'
  curl ${url}/scim/v2/Users -H 'Authorization: Bearer ${scim}'   # a SCIM client: ${url}/scim/v2 and this token
`;
};

const atTheDesk = ({ url, deskIssuer }: Service): string =>
  deskIssuer === undefined
    ? ''
    : `
Sign in at the desk, as somebody who may do everything or as somebody who may only look:

  Open ${url}/desk in a browser. The demo provider is on ${deskIssuer}
`;

const withAwsCli = ({ awsVariables }: Service): string => {
  if (awsVariables === undefined) return '';
  const variables = Object.entries(awsVariables).map(([name, value]) => `${name}=${value}`);
  return `
Use the AWS CLI with the emulators:

  export ${variables.join(' ')}
  aws secretsmanager list-secrets
`;
};

const logOutOne = async (url: string, print: Print): Promise<string> => {
  print('Logging a demo instance out as a first example\n');
  const path = '/instances/1101000001/logout';
  const body = '{"reason":"first example"}';
  const response = await fetch(`${url}${path}`, { method: 'POST', body });
  return `$ curl -X POST ${url}${path} -d '${body}'\nHTTP ${response.status} ${await response.text()}\n`;
};

/**
 * Logs a demo instance out as the first example, and prints the addresses, the answer and what to try. It prints all of this at
 * once, so that no line of a function comes between.
 */
export const welcome = async (service: Service, print: Print): Promise<void> => {
  const { url, greenApiUrl, startToken, evidenceFile } = service;
  const address = startToken ? addressWithToken(url, startToken) : `${url}/`;
  const example = greenApiUrl === undefined ? '' : await logOutOne(url, print);
  print(`
Open ${address} in a browser: the web console.

green-api-logout on ${url}${greenApiUrl ? `, GREEN-API's emulator on ${greenApiUrl}` : ''}

${example}${whatToTry(service)}${atTheDesk(service)}${asIdentityProvider(service)}${withAwsCli(service)}
Evidence is in ${evidenceFile}
How it works, and all faults: docs/local-development.md
Ctrl-C ends it.
`);
};
