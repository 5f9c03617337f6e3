import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { defined } from '../../functions/platform/defined.ts';
import { errorNameOf } from '../../functions/platform/unknown-values.ts';
import { CommandFailed } from '../errors.ts';
import { printable, quote, someOf } from '../output/printable.ts';
import { type AwsSettings, explained } from './call-aws.ts';

export type Profile = {
  /** By an option. */
  readonly named: string | undefined;
  /** By an option or a variable. */
  readonly used: string | undefined;
  readonly region: string | undefined;
};

/** Sections that are no profiles have a prefix. */
const otherSection = /^(?:sso-session|services|login-session)\./;

const mostNamed = 10;

const listProfiles = async (): Promise<readonly string[]> => {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = Object.keys({ ...configFile, ...credentialsFile });
  return names.filter((name) => !otherSection.test(name));
};

const noProfile = (profile: string, profiles: readonly string[]): string => {
  const known =
    profiles.length === 0 ? 'No profile is configured on this machine.' : `There are: ${someOf(profiles, mostNamed)}.`;
  return printable(`There is no AWS profile ${profile}. ${known} Check --profile or AWS_PROFILE.`);
};

/** What the SDK says when a person has to log in first. */
const logins: readonly (readonly [RegExp, string])[] = [
  [/aws sso login|UnauthorizedException/, 'aws sso login'],
  [/aws login|login.cache/, 'aws login'],
];

const noCredentials = (message: string, profile: string | undefined): string => {
  const login = logins.find(([pattern]) => pattern.test(message))?.[1];
  const option = profile === undefined ? '' : ` --profile ${quote(profile)}`;
  const whose = profile === undefined ? '' : ` of the profile ${printable(profile)}`;
  if (login !== undefined)
    return `The ${login === 'aws login' ? 'login' : 'SSO'} session${whose} is missing or has expired. Log in: ${login}${option}`;
  if (/multi-factor/.test(message))
    return `The profile ${printable(profile ?? 'default')} asks for a code of multi-factor authentication, which this program cannot ask for. Use a profile with SSO, or temporary credentials in the environment.`;
  return profile === undefined
    ? 'There are no AWS credentials. Set AWS_PROFILE or --profile, or log in with the AWS CLI.'
    : `The AWS profile ${printable(profile)} exists, but gives no credentials. Try it: aws sts get-caller-identity${option}`;
};

/** The SDK says the same of a profile that does not exist as of no region, or no credentials, at all. */
const explain = async (error: unknown, profile: string | undefined): Promise<CommandFailed> => {
  const profiles = profile === undefined ? [] : await listProfiles();
  if (profile !== undefined && !profiles.includes(profile)) return new CommandFailed(noProfile(profile, profiles));
  const message = error instanceof Error ? error.message : '';
  if (/region is missing/i.test(message))
    return new CommandFailed('There is no AWS region. Set AWS_REGION or --region, or the region of the profile.');
  if (/region not accepted/i.test(message))
    return new CommandFailed('The AWS region is invalid. Check --region, AWS_REGION and the profile.');
  if (errorNameOf(error) === 'CredentialsProviderError') return new CommandFailed(noCredentials(message, profile));
  return new CommandFailed(`AWS credentials: ${errorNameOf(error)}. Try: aws sts get-caller-identity`);
};

/** What the AWS SDK finds, each as a function that fails with a reason for people. */
export const findSettings = ({ named, used, region }: Profile) => {
  const { config } = new STSClient(defined({ profile: named, region }));
  const explained =
    <Value>(read: () => Promise<Value>) =>
    async (): Promise<Value> => {
      try {
        return await read();
      } catch (error) {
        throw await explain(error, used);
      }
    };
  return { region: explained(async () => await config.region()), credentials: explained(config.credentials) };
};

/** Who the AWS credentials belong to; with a session of IAM Identity Center the ARN names the person. */
export const readIdentity = async (aws: AwsSettings) => {
  const { Account = '', Arn = '' } = await explained(new STSClient(aws)).send(new GetCallerIdentityCommand({}));
  return { account: Account, arn: Arn };
};
