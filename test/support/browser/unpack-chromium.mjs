// Unpacks the browser into $TMPDIR, with the libraries and fonts that a bare Linux does not have.
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
