/** Certificates for tests of TLS: signed by their own keys, good for two days. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes `name.key` and `name.pem` in a folder. */
export function makeCertificate(folder: string, name: string, subject: string): void {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`), '-subj', subject],
    ],
    { stdio: 'pipe' },
  );
}
