import tls from 'node:tls';
import { certificate } from './certificate.ts';

/** Lets this process trust the certificate of the emulators for the tests of one file: others are run in it afterwards. */
export const trustEmulators = () => {
  const trusted = tls.getCACertificates();
  beforeAll(() => tls.setDefaultCACertificates([...tls.rootCertificates, certificate.cert]));
  afterAll(() => tls.setDefaultCACertificates(trusted));
};
