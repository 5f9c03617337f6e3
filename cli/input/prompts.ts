/** What is used of the library, so that nothing else is bundled. */
export { confirm, input, password } from '@inquirer/prompts';
