import { Option } from 'commander';

/** Options of every command; they may stand before or after it. */
export type GlobalOptions = {
  readonly url?: string;
  readonly stack?: string;
  readonly profile?: string;
  readonly region?: string;
  /** Bearer token (JWT) for the API. */
  readonly token?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
};

export const variables = {
  url: 'GREEN_API_LOGOUT_URL',
  stack: 'GREEN_API_LOGOUT_STACK',
  token: 'GREEN_API_LOGOUT_TOKEN',
} as const;

export const globalOptions: readonly Option[] = [
  new Option('--url <url>', `address of the API, or of the local service; also ${variables.url}`),
  new Option(
    '--stack <name>',
    `CloudFormation stack of the deployment, STACK/PREFIX if its outputs have a prefix; also ${variables.stack}`,
  ),
  new Option('--profile <name>', 'AWS profile, as the AWS CLI reads it'),
  new Option('--region <name>', 'AWS region of the deployment'),
  new Option('--token <jwt>', `bearer token for an API with JWT authorization; better in ${variables.token}`),
  new Option('--json', 'print JSON: what the API answered, one document per line'),
  new Option('--yes', 'answer yes to every question'),
];
