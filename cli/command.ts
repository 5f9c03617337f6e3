import type { Option } from 'commander';
import type { Session } from './session.ts';

/** One command: what the program parses, what `--help` shows and what `docs/cli.md` says all come from this. */
export type CommandDefinition<Options = Readonly<Record<string, unknown>>> = {
  /** Name and arguments as commander writes them: `logout [idInstance...]`. */
  readonly usage: string;
  /** One sentence. */
  readonly summary: string;
  /** What a person should know before using it. */
  readonly details?: string;
  /** IAM actions that your own AWS identity needs, besides `execute-api:Invoke` on the routes of the API. */
  readonly rights?: readonly string[];
  readonly options?: readonly Option[];
  /** Complete command lines without the program's name. */
  readonly examples: readonly string[];
  /**
   * @returns whether all is done, and confirmed where there is something to confirm: exit code 0, or else 1
   * @throws UsageError, CommandFailed
   */
  readonly run: (session: Session, options: Options, args: readonly string[]) => Promise<boolean>;
};

/** Lets a command name the type of its own options; commander fills them in by the declarations in `options`. */
export const defineCommand = <Options>(definition: CommandDefinition<Options>): CommandDefinition =>
  definition as unknown as CommandDefinition;
