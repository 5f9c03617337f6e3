import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSettings } from '../../../cli/aws/find-settings.ts';

const home = mkdtempSync(join(tmpdir(), 'aws-'));
const cache = join(home, '.aws', 'sso', 'cache');
afterAll(() => rmSync(home, { recursive: true }));

const sso = (session: string) => `region = eu-central-1
sso_session = ${session}
sso_account_id = 111122223333
sso_role_name = Operator`;

const ssoSession = 'sso_region = eu-central-1\nsso_start_url = https://example.awsapps.com/start';

beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  writeFileSync(
    join(home, '.aws', 'config'),
    `[default]
region = eu-central-1
[profile sso]
${sso('corp')}
[profile sso-expired]
${sso('old')}
[sso-session corp]
${ssoSession}
[sso-session old]
${ssoSession}
[profile legacy-sso]
${ssoSession}
sso_account_id = 111122223333
sso_role_name = Operator
[profile login]
login_session = arn:aws:iam::111122223333:user/john.doe
[profile empty]
output = json
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/Operator
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/john.doe
[profile keys]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = example
`,
  );
  const expired = { accessToken: 'example', expiresAt: '2026-01-01T00:00:00Z', region: 'eu-central-1' };
  writeFileSync(join(cache, `${createHash('sha1').update('old').digest('hex')}.json`), JSON.stringify(expired));
  // Each test file has a process environment of its own.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, { HOME: home, AWS_EC2_METADATA_DISABLED: 'true' });
});

const find = (used: string | undefined) => findSettings({ named: used, used, region: undefined });

test.each([
  [undefined, /^There are no AWS credentials\. Set AWS_PROFILE or --profile/],
  ['wrong', /^There is no AWS profile wrong\. There are: default, sso, sso-expired, legacy-sso, .+ Check --profile/],
  ['sso', /^The SSO session of the profile sso is missing or has expired\. Log in: aws sso login --profile sso$/],
  ['sso-expired', /^The SSO session .+ Log in: aws sso login --profile sso-expired$/],
  ['legacy-sso', /^The SSO session .+ Log in: aws sso login --profile legacy-sso$/],
  ['login', /^The login session of the profile login is .+ Log in: aws login --profile login$/],
  ['empty', /^The AWS profile empty exists, but gives no credentials\. Try it: aws sts .+ --profile empty$/],
  ['mfa', /^The profile mfa asks for a code of multi-factor authentication/],
])('no credentials with the profile %s: the message says why', async (profile, message) => {
  await expect(find(profile).credentials()).rejects.toMatchObject({
    name: 'CommandFailed',
    message: expect.stringMatching(message),
  });
});

test('a profile of a variable that does not exist is named, not the region that is missing with it', async () => {
  process.env.AWS_PROFILE = 'wrong';

  const { region } = findSettings({ named: undefined, used: 'wrong', region: undefined });

  await expect(region()).rejects.toThrow(/^There is no AWS profile wrong\./);
  delete process.env.AWS_PROFILE;
});

test('a profile without a region: the region is named', async () => {
  await expect(find('keys').region()).rejects.toThrow(/^There is no AWS region\./);
});

test('a text that is no region is named as such', async () => {
  const { region } = findSettings({ named: 'keys', used: 'keys', region: 'eu central' });

  await expect(region()).rejects.toThrow(/^The AWS region is invalid\./);
});

test('what is there is found', async () => {
  const { region, credentials } = findSettings({ named: 'keys', used: 'keys', region: 'eu-west-1' });

  expect(await region()).toBe('eu-west-1');
  expect(await credentials()).toMatchObject({ accessKeyId: 'AKIAEXAMPLE' });
});
