/** A certificate authority of a test, with a server's and a client's certificate, as files and as text. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { requireCommands } from '../../../../lab/machine/packages.ts';

export interface IssuedCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export class Certificates {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'towline-wire-ca-'));
  readonly caFile = path.join(this.folder, 'ca.pem');

  constructor() {
    requireCommands(['openssl']);
    this.#openssl('req', '-x509', ...newKey, '-subj', '/CN=test authority', '-days', '2', [
      ...['-keyout', 'ca-key.pem', '-out', 'ca.pem'],
    ]);
  }

  get ca(): string {
    return readFileSync(this.caFile, 'utf8');
  }

  /** @param name common name, and beside loopback its only other one */
  issue(name: string): IssuedCertificate {
    const file = (end: string): string => path.join(this.folder, `${name}${end}`);
    writeFileSync(file('.ext'), `subjectAltName=DNS:${name},DNS:localhost,IP:127.0.0.1,IP:127.77.0.5\n`);
    this.#openssl('req', ...newKey, '-subj', `/CN=${name}`, [
      ...['-keyout', `${name}-key.pem`, '-out', `${name}.csr`],
    ]);
    this.#openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', [
      ...['-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.pem`],
    ]);
    const [certificateFile, keyFile] = [file('.pem'), file('-key.pem')];
    const [cert, key] = [readFileSync(certificateFile, 'utf8'), readFileSync(keyFile, 'utf8')];
    return { certificateFile, keyFile, cert, key };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #openssl(...parameters: readonly (string | readonly string[])[]): void {
    execFileSync('openssl', parameters.flat(), { cwd: this.folder, stdio: 'pipe' });
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
