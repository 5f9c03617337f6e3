import { environmentNames } from '../../functions/platform/environment.ts';

const ownNames: ReadonlySet<string> = new Set(Object.values(environmentNames));

/** What a function in a process of its own finds: its settings, and what the AWS SDK reads. */
export const functionVariables = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && (ownNames.has(name) || name.startsWith('AWS_')) ? [[name, value]] : [],
    ),
  );
