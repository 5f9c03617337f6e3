import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

const root = join(__dirname, '..', '..', '..');

const { version } = JSON.parse(readFileSync(join(root, 'node_modules/@sparticuz/chromium/package.json'), 'utf8'));

/** The package itself would take whatever is in `$TMPDIR/chromium`; this folder is ours alone, and of one version. */
const folder = join(root, 'node_modules', '.cache', `chromium-${version}`);

/** The fonts of the package and no others, so that texts are as wide on every machine. */
const fontConfiguration = `<?xml version="1.0"?>
<fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>
`;

/** Unpacks beside the folder and then renames, so that two processes at once do no harm. */
const unpack = (): void => {
  if (existsSync(folder)) return;
  mkdirSync(dirname(folder), { recursive: true });
  const temporary = mkdtempSync(`${folder}-`);
  const { PATH = '', HOME = '' } = process.env;
  execFileSync(process.execPath, [join(__dirname, 'unpack-chromium.mjs')], {
    // With this variable the package unpacks the shared libraries too.
    env: { PATH, HOME, TMPDIR: temporary, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  });
  writeFileSync(join(temporary, 'fonts.conf'), fontConfiguration);
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
};

/** Browsers that start at once on an empty cache of fonts may crash before they do anything: each is started again. */
const launchAgain = async (options: LaunchOptions, attempts = 3): Promise<Browser> => {
  try {
    return await chromium.launch(options);
  } catch (error) {
    if (attempts === 1) throw error;
    return launchAgain(options, attempts - 1);
  }
};

/** The browser of `@sparticuz/chromium` on Linux, which needs nothing installed; elsewhere an installed Chrome. */
export const launchBrowser = (): Promise<Browser> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return chromium.launch({ channel: 'chrome' });
  unpack();
  const { PATH = '', HOME = '' } = process.env;
  return launchAgain({
    executablePath: join(folder, 'chromium'),
    args: ['--no-sandbox', '--disable-gpu'],
    timeout: 240_000,
    env: {
      PATH,
      HOME,
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
    },
  });
};
