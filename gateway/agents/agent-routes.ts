/**
 * `GET /agents/sha256/<hash>` and `GET /install`, without a certificate: fixed files, which root has listed by their hashes. What
 * they hold is no secret, and whoever fetches one compares its hash.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ListedFile } from '../../core/agents/listed-files.ts';
import { TowlineError } from '../../core/errors.ts';
import { readRange } from '../../core/io/registry/registry-path.ts';
import type { Blob } from '../registry/blob.ts';
import type { BlobSender } from '../registry/blob-sender.ts';
import type { AgentFiles } from './agent-files.ts';
import type { Strangers } from './strangers.ts';

export interface AgentRoutesOptions {
  readonly files: AgentFiles;
  /** By hash. */
  readonly listed: () => ReadonlyMap<string, ListedFile>;
  readonly install: () => ListedFile | undefined;
  /** The device whose key the connection has proven; undefined: a stranger. */
  readonly deviceOf: (request: Pick<FastifyRequest, 'raw'>) => string | undefined;
  readonly strangers: Strangers;
  /** To devices, and to strangers. */
  readonly senders: { readonly devices: BlobSender; readonly strangers: BlobSender };
  readonly onSent: (bytes: number) => void;
}

export function agentRoutes(http: FastifyInstance, options: AgentRoutesOptions): void {
  const method = ['GET', 'HEAD'];
  http.route<{ Params: { hash: string } }>({
    ...{ method, url: '/agents/sha256/:hash' },
    handler: (request, reply) => {
      const { hash } = request.params;
      return answer(options, { request, reply, file: () => listedFile(options.listed(), hash) });
    },
  });
  http.route({
    ...{ method, url: '/install' },
    handler: (request, reply) => answer(options, { request, reply, file: () => script(options) }),
  });
}

interface Exchange {
  readonly request: Pick<FastifyRequest, 'raw' | 'method' | 'headers'>;
  readonly reply: FastifyReply;
  readonly file: () => ListedFile;
}

function listedFile(listed: ReadonlyMap<string, ListedFile>, hash: string): ListedFile {
  const file = listed.get(hash);
  if (file === undefined) throw new TowlineError('GATEWAY_AGENT_UNLISTED', 'root has listed no such file');
  return file;
}

function script({ install }: AgentRoutesOptions): ListedFile {
  const file = install();
  if (file === undefined)
    throw new TowlineError('GATEWAY_AGENT_UNLISTED', 'root has listed no install script');
  return file;
}

async function answer(options: AgentRoutesOptions, { request, reply, file }: Exchange) {
  const device = options.deviceOf(request);
  if (device === undefined) options.strangers.count(request.raw);
  const wanted = file();
  const blob = await options.files.find(wanted);
  if (blob === undefined)
    throw new TowlineError('GATEWAY_AGENT_MISSING', `${wanted.sha256} has not come to this gateway`);
  const { method, headers } = request;
  const range = readRange(headers.range, wanted.bytes);
  reply
    .header('etag', `"sha256:${wanted.sha256}"`)
    .header('accept-ranges', 'bytes')
    .header('x-content-type-options', 'nosniff')
    .header('content-type', wanted.kind === 'install' ? 'text/x-shellscript' : 'application/gzip');
  if (range === 'outside') return reply.code(416).header('content-range', `bytes */${wanted.bytes}`).send();
  const { from, to } = range ?? { from: 0, to: wanted.bytes };
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${wanted.bytes}`);
  reply.header('content-length', to - from);
  if (method === 'HEAD') return reply.send();
  await send(options, { request, reply, device, blob, range: { from, to } });
  return reply;
}

interface Sending extends Omit<Exchange, 'file'> {
  readonly device: string | undefined;
  readonly blob: Blob;
  readonly range: { readonly from: number; readonly to: number };
}

async function send(options: AgentRoutesOptions, { request, reply, device, blob, range }: Sending) {
  const { strangers, senders } = options;
  const sender = device === undefined ? senders.strangers : senders.devices;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new TowlineError('GATEWAY_BUSY', 'who asked has left')));
  using _place = await (device === undefined
    ? strangers.turn(request.raw, gone.signal)
    : sender.turn(device, gone.signal));
  // Who takes longer comes again, behind the others.
  const late = device === undefined ? setTimeout(() => reply.raw.destroy(), strangers.wholeMs) : undefined;
  const leave = blob.enter();
  try {
    reply.hijack();
    const heads = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)] as const);
    reply.raw.writeHead(reply.statusCode, Object.fromEntries(heads));
    await sender.send(blob, range, reply.raw);
    options.onSent(range.to - range.from);
  } finally {
    clearTimeout(late);
    leave();
  }
}
