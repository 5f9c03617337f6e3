/** What the command is called once the package is installed. */
export const programName = 'green-api-logout';

/** How this process was called, so that a command that is printed can be pasted: from a clone it is a script of npm. */
export const calledAs = (env: Readonly<Record<string, string | undefined>>): string =>
  env.npm_lifecycle_event === 'cli' ? 'npm run cli --' : programName;
