import { join } from 'node:path';

/** For the environment of a child process: Node keeps compiled code here, so that only the first child compiles it. */
export const compileCache = { NODE_COMPILE_CACHE: join(process.env.TEST_RUN_FOLDER ?? '', 'compiled') };
