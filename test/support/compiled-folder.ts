import { join } from 'node:path';

// Set in each test file, and not before the workers of jest start: each would write what it has compiled at its end, all of
// them at the same moment, and jest would end those that take longer than half a second.
process.env.NODE_COMPILE_CACHE = join(process.env.TEST_RUN_FOLDER ?? '', 'compiled');
