/** Where `towline gateway import` brings a bundle to the gateway that runs: the socket in `<stateDirectory>/import/`. */
import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { makeFolderDurably } from '../../core/io/file/durable-file.ts';
import { ControlSocket, sayJson } from '../plain-port/control-socket.ts';
import type { BundleImportOptions } from './bundle-import.ts';

export interface ImportDeskOptions extends Omit<BundleImportOptions, 'folder'> {
  readonly stateDirectory: string;
}

export class ImportDesk {
  readonly #options: BundleImportOptions;
  readonly #stop = new AbortController();
  #underWay: Promise<unknown> | undefined;
  #control: ControlSocket | undefined;

  static async open({ stateDirectory, ...options }: ImportDeskOptions): Promise<ImportDesk> {
    const folder = join(stateDirectory, 'import');
    await makeFolderDurably(folder);
    const desk = new ImportDesk({ ...options, folder: join(folder, 'incoming') });
    await desk.#listen(folder);
    return desk;
  }

  private constructor(options: BundleImportOptions) {
    this.#options = options;
  }

  async #listen(folder: string): Promise<void> {
    // What was cut off.
    await rm(this.#options.folder, { recursive: true, force: true });
    this.#control = await ControlSocket.listen({
      // As long as something comes.
      ...{ folder, requestTimeoutMs: 0 },
      answer: (request, response) => this.#answer(request, response),
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (`${request.method} ${request.url}` !== 'POST /v1/import') {
      sayJson(response, 404, { message: 'there is no such address' });
      return;
    }
    if (this.#underWay !== undefined)
      throw new TowlineError('GATEWAY_BUSY', 'another bundle is being imported');
    // What is refused is read no further, and its sender hears of it all the same.
    const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    const importing = this.#import(incoming);
    this.#underWay = importing.catch(() => undefined);
    try {
      sayJson(response, 200, await importing);
    } finally {
      this.#underWay = undefined;
    }
  }

  /** Only now anything of it is loaded. */
  async #import(incoming: AsyncIterable<Buffer>) {
    const { BundleImport } = await import('./bundle-import.ts');
    return await new BundleImport(this.#options).take(incoming, this.#stop.signal);
  }

  async close(): Promise<void> {
    this.#stop.abort(new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down'));
    await this.#control?.close();
    await this.#underWay;
  }
}
