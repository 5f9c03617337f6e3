import type { Option } from 'commander';
import type { CommandDefinition } from './command.ts';
import { commands } from './commands.ts';
import { programName } from './program-name.ts';
import { globalOptions } from './session.ts';

const escapeCell = (text: string): string => text.replaceAll('|', '\\|');

const describeOption = ({
  flags,
  description,
  defaultValue,
  defaultValueDescription = String(defaultValue),
}: Option): string => {
  const isShown = defaultValue !== undefined && typeof defaultValue !== 'boolean';
  return `| \`${escapeCell(flags)}\` | ${escapeCell(description)}${isShown ? ` (default ${defaultValueDescription})` : ''} |`;
};

const optionTable = (options: readonly Option[]): readonly string[] =>
  options.length === 0 ? [] : ['', '| option | meaning |', '|---|---|', ...options.map(describeOption)];

const nameOf = ({ usage }: CommandDefinition): string => usage.replace(/ [<[].*/, '');

const renderCommand = (command: CommandDefinition): string =>
  [
    `## ${nameOf(command)}`,
    '',
    `\`${programName} ${command.usage}\``,
    '',
    command.summary,
    ...(command.details === undefined ? [] : ['', command.details]),
    ...(command.rights === undefined
      ? []
      : ['', `AWS rights: ${command.rights.map((right) => `\`${right}\``).join(', ')}.`]),
    ...optionTable(command.options ?? []),
    '',
    '```sh',
    ...command.examples.map((example) => `${programName} ${example}`),
    '```',
  ].join('\n');

const introduction = `# Command line

<!-- Generated from the commands by npm run docs:cli. Change cli/commands/, not this file. -->

\`${programName}\` lists instances, logs them out, starts and follows runs, enrolls secrets, shows evidence and checks a
deployment. In a clone of the project write \`npm run --silent cli -- COMMAND\`; with the package installed,
\`npx ${programName} COMMAND\`. It needs Node 20 or newer.

## Which deployment

* \`--url http://127.0.0.1:3000\` is the local service (\`npm start\`). Nothing is signed. With \`--secrets aws\` it needs the
  printed token, as \`--token\`.
* \`--stack green-api-logout\` finds a deployment by the outputs of its CloudFormation stack, in the account and region of
  your AWS credentials (environment, \`--profile\`, SSO; \`--region\`). In a stack with several deployments the outputs of each
  have a prefix: \`--stack Security/Sales\`.
* \`--url https://…\` is any deployment. Calls are signed with your AWS credentials (Signature Version 4), or carry a bearer
  token if the API has JWT authorization.

There is no default: a logout must not go to the wrong place.

Commands call the API: your identity needs \`execute-api:Invoke\` on its routes, and \`cloudformation:DescribeStacks\` for
\`--stack\`. Each command lists its further rights.

## Exit codes

| code | meaning |
|---|---|
| 0 | done, and confirmed where there is something to confirm |
| 1 | not confirmed, not found, refused or failed; Ctrl-C while following a run, which goes on |
| 2 | the command line or the input is wrong; nothing was done |

Results go to stdout; questions, progress and errors go to stderr. Without a terminal there is no progress bar, and a command
that needs confirmation ends with code 2: add \`--yes\`. A GREEN-API token is never an argument, never printed and in no
error.

## Global options

They may stand before or after the command. A number of any option is written in digits, without leading zeros: \`7\`, not \`007\`, \`+7\`
or \`7e0\`.`;

export const renderDocs = (): string =>
  [
    [introduction, ...optionTable(globalOptions)].join('\n'),
    '## Commands',
    commands
      .map((command) => `* [${nameOf(command)}](#${nameOf(command).replaceAll(' ', '-')}): ${command.summary}`)
      .join('\n'),
    ...commands.map(renderCommand),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
