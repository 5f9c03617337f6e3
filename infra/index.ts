/** What an app imports: `import { GreenApiLogout } from 'green-api-logout'`. */
export { GreenApiLogout } from './constructs/green-api-logout.ts';
export type * from './constructs/green-api-logout-props.ts';
export { GreenApiLogoutStack } from './constructs/green-api-logout-stack.ts';
