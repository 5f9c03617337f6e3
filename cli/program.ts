import { Command } from 'commander';
import type { CommandDefinition } from './command.ts';
import { commands } from './commands.ts';
import { programName, version } from './program-name.ts';
import { createSession, type GlobalOptions, globalOptions, type Terminal } from './session.ts';

const exitCodesText = `
Exit codes: 0 done (and confirmed); 1 not confirmed, not found or failed; 2 wrong usage, nothing was done.`;

/** A long word may be a token in the wrong place: it is never repeated. */
const withoutSecrets = (text: string): string => text.replace(/[\w-]{32,}/g, '…');

const examplesText = ({ details, rights, examples }: CommandDefinition): string =>
  [
    ...(details === undefined ? [] : ['', details]),
    ...(rights === undefined ? [] : ['', `AWS rights: ${rights.join(', ')}`]),
    '',
    'Examples:',
    ...examples.map((example) => `  ${programName} ${example}`),
  ].join('\n');

/** What `--help` says of a command that only has commands. */
const groupSummaries: Readonly<Record<string, string>> = { token: 'Make bearer tokens for identity providers.' };

/** `token new <name>` is the command `new` of the command `token`, which does nothing itself. */
const parentOf = (program: Command, usage: string): Command => {
  const [, group] = /^([\w-]+) [\w-]/.exec(usage) ?? [];
  if (group === undefined) return program;
  const existing = program.commands.find((command) => command.name() === group);
  return existing ?? program.command(group).description(groupSummaries[group] ?? '');
};

const addCommand = (
  program: Command,
  definition: CommandDefinition,
  terminal: Terminal,
  ended: (isDone: boolean) => void,
): void => {
  const command = parentOf(program, definition.usage)
    .command(definition.usage.replace(/^[\w-]+ (?=[\w-])/, ''))
    .description(definition.summary);
  for (const option of definition.options ?? []) command.addOption(option);
  command.addHelpText('after', examplesText(definition));
  command.action(async () => {
    const session = createSession(program.opts<GlobalOptions>(), terminal);
    ended(await definition.run(session, command.opts(), command.args));
  });
};

/** @param ended is called with what the command that ran returned */
export const createProgram = (terminal: Terminal, ended: (isDone: boolean) => void): Command => {
  const program = new Command(programName)
    .description('Logs messenger instances out of GREEN-API, confirms it, and shows the evidence.')
    .version(version)
    .exitOverride()
    .showHelpAfterError(`(${programName} --help shows the commands, ${programName} COMMAND --help one of them)`)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      outputError: (text, write) => write(withoutSecrets(text)),
    });
  for (const option of globalOptions) program.addOption(option);
  program.addHelpText('after', exitCodesText);
  for (const definition of commands) addCommand(program, definition, terminal, ended);
  return program;
};
