/** What the command is called once the package is installed. */
export const programName = 'green-api-logout';
