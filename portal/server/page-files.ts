/** The page itself: one document at every address of it, and files named by what is in them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TowlineError } from '../../core/errors.ts';
import { packingFor } from './packed-answer.ts';
import { assertNoFrame } from './request-check.ts';
import type { RequestTarget } from './request-target.ts';
import { assetHeaders, pageHeaders } from './security-headers.ts';

/** As portal/built/asset.ts has it. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}

export interface PageContent {
  readonly index: PageFile;
  /** By name, below `/assets/`. */
  readonly files: ReadonlyMap<string, PageFile>;
}

export class PageFiles {
  readonly #load: () => Promise<PageContent>;
  #content: Promise<PageContent> | undefined;

  /** @param load asked once, with the first request */
  constructor(load: () => Promise<PageContent>) {
    this.#load = load;
  }

  /** @returns bytes that went out @throws TowlineError PORTAL_NOT_FOUND, PORTAL_FOREIGN_ORIGIN */
  async send(request: IncomingMessage, response: ServerResponse, target: RequestTarget): Promise<number> {
    const { index, files } = await this.#loaded();
    const [first, name = '', ...more] = target.segments;
    if (first !== 'assets') {
      assertNoFrame(request.headers);
      return send(request, response, { file: index, headers: pageHeaders(target.path) });
    }
    const file = more.length === 0 ? files.get(name) : undefined;
    if (file === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such file');
    return send(request, response, { file, headers: assetHeaders });
  }

  async #loaded(): Promise<PageContent> {
    this.#content ??= this.#load();
    try {
      return await this.#content;
    } catch (error) {
      this.#content = undefined;
      throw error;
    }
  }
}

interface Sent {
  readonly file: PageFile;
  readonly headers: Readonly<Record<string, string>>;
}

function send(request: IncomingMessage, response: ServerResponse, { file, headers }: Sent): number {
  const packing = packingFor(request.headers);
  const body = packing === 'br' ? file.brotli : packing === 'gzip' ? file.gzip : file.bytes;
  response.writeHead(200, {
    ...headers,
    ...(packing === undefined ? {} : { 'content-encoding': packing }),
    vary: 'accept-encoding',
    'content-type': file.type,
    'content-length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  return body.length;
}
