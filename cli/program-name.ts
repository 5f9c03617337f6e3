import manifest from '../package.json' with { type: 'json' };

/** What the command is called once the package is installed. */
export const programName = 'green-api-logout';

/**
 * How this process was called, so that a command that is printed can be pasted: from a clone it is a script of npm, and a program that
 * another package has installed is found by npx alone.
 */
export const calledAs = (env: Readonly<Record<string, string | undefined>>): string => {
  const { npm_lifecycle_event: script, npm_package_name: owner } = env;
  if (script === undefined) return programName;
  return script !== 'npx' && (script === 'cli' || owner === programName) ? 'npm run cli --' : `npx ${programName}`;
};

export const { version } = manifest;
