import { Option } from 'commander';
import { collect } from './collect.ts';

/** Options of the commands that read a secret and send its token to GREEN-API. */
export const secretOptions = (): readonly Option[] => [
  new Option('--prefix <text>', 'what the names of the secrets begin with (default: that of the stack, or green-api/)'),
  new Option(
    '--allow-host <host>',
    'a further host that a token may be sent to (default: those of the stack)',
  ).argParser(collect),
];
