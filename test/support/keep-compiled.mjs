import { flushCompileCache } from 'node:module';

/** By then a service has loaded what it runs. */
setTimeout(flushCompileCache, 2_000).unref();
