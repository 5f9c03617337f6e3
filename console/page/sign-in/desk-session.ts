import { desk } from './desk.ts';
import { createSession } from './session.ts';

/** The sign-in of this page; missing on the page of this machine. */
export const session = desk && createSession(desk);
