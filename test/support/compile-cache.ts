import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** For the environment of a child process: Node keeps compiled code here, so that only the first child compiles it. */
export const compileCache = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '' };

/** For a child process that is killed: what it has compiled would be lost. */
export const keepsCompiled = ['--import', pathToFileURL(join(__dirname, 'keep-compiled.mjs')).href];
