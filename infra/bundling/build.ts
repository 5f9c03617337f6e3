import { buildCli, buildService } from './build-bundles.ts';

await Promise.all([buildService(), buildCli()]);
