/** `tls` of a sink: its files, read when a connection is made, and again after SIGHUP. */
import type { SinkTls } from '../../../schemas/types.generated.ts';
import { readPemFile } from './secret-file.ts';

/** For `tls.connect` and `https.request`. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

export class TlsFiles {
  readonly #tls: SinkTls;
  #read: Promise<TlsMaterial> | undefined;

  constructor(tls: SinkTls = {}) {
    this.#tls = tls;
  }

  /** @throws TowlineError TELEMETRY_SINK_FILE */
  material(): Promise<TlsMaterial> {
    this.#read ??= readMaterial(this.#tls).catch((error: unknown) => {
      this.#read = undefined;
      throw error;
    });
    return this.#read;
  }

  /** The next that asks has what the files say then. */
  forget(): void {
    this.#read = undefined;
  }
}

async function readMaterial({ ca, certificate, key, serverName }: SinkTls): Promise<TlsMaterial> {
  return {
    ...(ca === undefined ? {} : { ca: await readPemFile(ca) }),
    ...(certificate === undefined ? {} : { cert: await readPemFile(certificate) }),
    ...(key === undefined ? {} : { key: await readPemFile(key) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
