import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificate } from '../support/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-certificate-'));

/** For `NODE_EXTRA_CA_CERTS`: what makes a process trust the emulators. */
export const certificateFile = join(folder, 'certificate.pem');

writeFileSync(certificateFile, certificate.cert);
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
