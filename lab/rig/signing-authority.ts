/**
 * Who gives signers certificates for minutes, and who says when something was signed: made by OpenSSL, with the fields that
 * Fulcio's certificates have. cosign asks the second one as it asks any.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Issuer of a certificate's word for who the signer is. Source: Fulcio's OID table. */
const issuerExtension = '1.3.6.1.4.1.57264.1.8';

export interface SignerWords {
  readonly subject: string;
  readonly issuer: string;
  /** For how long; 0: it is valid for the second in which it is made. */
  readonly days?: number;
}

export class SigningAuthority {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'towline-authority-'));
  #server: Server | undefined;
  #signers = 0;

  at(name: string): string {
    return path.join(this.folder, name);
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    await execute('openssl', args, { cwd: this.folder });
  }

  async #makeKey(name: string): Promise<void> {
    await this.#openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
  }

  async #issue(name: string, extensions: string, more: readonly string[]): Promise<void> {
    await this.#makeKey(name);
    writeFileSync(this.at(`${name}.ext`), `[all]\n${extensions}`);
    await this.#openssl(
      'req',
      '-new',
      '-key',
      `${name}.key`,
      '-subj',
      `/O=acme/CN=${name}`,
      '-out',
      `${name}.csr`,
    );
    const by = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-sha256'];
    const as = ['-extfile', `${name}.ext`, '-extensions', 'all', '-out', `${name}.pem`];
    await this.#openssl('x509', '-req', '-in', `${name}.csr`, ...by, ...as, ...more);
  }

  /** The root, `root.pem`, and who says when: `timestamps.pem`, the certificate that signs first. */
  async make(): Promise<void> {
    await this.#makeKey('root');
    const ca = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'];
    const subject = ['-subj', '/O=acme/CN=root', '-days', '3650', '-out', 'root.pem'];
    await this.#openssl('req', '-x509', '-key', 'root.key', '-sha256', ...ca, ...subject);
    await this.#issue('tsa', 'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n', [
      '-days',
      '2',
    ]);
    const chain = ['tsa.pem', 'root.pem'].map(name => readFileSync(this.at(name), 'utf8'));
    writeFileSync(this.at('timestamps.pem'), chain.join(''));
    const config = [
      '[tsa]',
      'default_tsa = it',
      '[it]',
      'serial = serial',
      'default_policy = 1.2.3.4',
      'digests = sha256, sha384, sha512',
      'signer_digest = sha256',
      'ess_cert_id_alg = sha256',
      '',
    ];
    writeFileSync(this.at('tsa.cnf'), config.join('\n'));
    writeFileSync(this.at('serial'), '01\n');
  }

  /** @returns the file of a certificate of a public key */
  async certify(publicKey: string, { subject, issuer, days = 2 }: SignerWords): Promise<string> {
    this.#signers += 1;
    const name = `signer-${this.#signers}`;
    const extensions = [
      'keyUsage=critical,digitalSignature',
      'extendedKeyUsage=codeSigning',
      `subjectAltName=critical,URI:${subject}`,
      `${issuerExtension}=ASN1:UTF8String:${issuer}`,
      '',
    ];
    await this.#issue(name, extensions.join('\n'), ['-force_pubkey', publicKey, '-days', String(days)]);
    return this.at(`${name}.pem`);
  }

  /** @returns the address at which it says when */
  async serveTimestamps(): Promise<string> {
    let count = 0;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        count += 1;
        const query = `query-${count}`;
        writeFileSync(this.at(query), Buffer.concat(chunks));
        const args = ['ts', '-reply', '-config', 'tsa.cnf', '-queryfile', query, '-out', `${query}.tsr`];
        this.#openssl(...args, '-inkey', 'tsa.key', '-signer', 'tsa.pem').then(
          () => {
            response.setHeader('content-type', 'application/timestamp-reply');
            response.writeHead(201).end(readFileSync(this.at(`${query}.tsr`)));
          },
          (error: Error) => response.writeHead(500).end(error.message),
        );
      });
    });
    this.#server = server;
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/timestamp`;
  }

  remove(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
