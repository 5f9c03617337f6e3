import { rmSync } from 'node:fs';

/** After a run of jest. */
export default () => rmSync(process.env.TEST_RUN_FOLDER ?? '', { recursive: true });
