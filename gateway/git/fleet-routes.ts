/** fleet.git for devices: adverts and ls-refs from memory, packs from the cache, git only for what is new. */

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errnoOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import { fieldsOf } from '../../core/json.ts';
import type { RateLimiter } from '../limits/device-limits.ts';
import { type GitProtocol, lsRefsAnswer, protocolOf } from './advert.ts';
import { readFetchRequest, uploadPackInput } from './fetch-request.ts';
import type { GitRunner } from './git-runner.ts';
import type { PackCache } from './pack-cache.ts';
import type { RequestBudget } from './request-budget.ts';
import { sendAnswer } from './send-answer.ts';
import type { ServedRefs } from './served-refs.ts';

export interface FleetRoutesOptions {
  readonly gitDirectory: string;
  readonly refs: ServedRefs;
  readonly cache: PackCache;
  readonly runner: GitRunner;
  /** Asked when git would have to be started. */
  readonly misses: RateLimiter;
  /** For ls-refs and for what cannot be read. */
  readonly asks: RequestBudget;
  /** A device takes 64 KiB of an answer in this time at the latest, milliseconds. */
  readonly sendStallMs: number;
  /** A git process may take this long, milliseconds. */
  readonly gitTimeoutMs: number;
  readonly signal: AbortSignal;
}

const maxBodyBytes = 512 * 1024;
const maxInflatedBytes = 1024 * 1024;
const inflate = promisify(gunzip);

export function fleetRoutes(http: FastifyInstance, options: FleetRoutesOptions): void {
  http.addContentTypeParser(
    'application/x-git-upload-pack-request',
    { parseAs: 'buffer', bodyLimit: maxBodyBytes },
    (_request, body, done) => done(null, body),
  );
  http.get('/fleet.git/info/refs', { config: { action: { kind: 'fetch-fleet' } } }, (request, reply) =>
    sendAdvert(options, request, reply),
  );
  http.post(
    '/fleet.git/git-upload-pack',
    { config: { action: { kind: 'fetch-fleet' } } },
    async (request, reply) => answerFetch(options, request, reply),
  );
}

function sendAdvert(options: FleetRoutesOptions, request: FastifyRequest, reply: FastifyReply): void {
  const { service } = fieldsOf(request.query);
  if (service !== 'git-upload-pack') {
    throw new TowlineError('GATEWAY_ROUTE_UNKNOWN', 'fleet.git is fetched from, by the smart protocol');
  }
  const { body, etag } = options.refs.advert(protocolHeader(request));
  reply.header('etag', etag);
  if (request.headers['if-none-match'] === etag) {
    reply.code(304).send();
    return;
  }
  reply
    .header('cache-control', 'no-cache')
    .header('content-type', 'application/x-git-upload-pack-advertisement')
    .send(body);
}

async function answerFetch(
  options: FleetRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const protocol = protocolHeader(request);
  const asked = await readRequest(options, request, protocol);
  reply.header('cache-control', 'no-cache').header('content-type', 'application/x-git-upload-pack-result');
  if (asked.command === 'ls-refs') {
    options.asks.charge(request.device);
    return reply.send(lsRefsAnswer(options.refs.refs, asked.prefixes));
  }
  const strange = asked.wants.find(id => !options.refs.mayWant(id));
  if (strange !== undefined) {
    throw new TowlineError('GATEWAY_OBJECT_FORBIDDEN', `${strange} is not advertised to devices`);
  }
  const body = uploadPackInput(asked.parts, id => options.refs.isServed(id));
  const answer = lookUp(options, request.device, protocol, body);
  return await sendAnswer(answer, reply, options.sendStallMs);
}

/** What cannot be read is counted. */
async function readRequest({ asks }: FleetRoutesOptions, request: FastifyRequest, protocol: GitProtocol) {
  asks.check(request.device);
  try {
    return readFetchRequest(await inflated(request), protocol);
  } catch (error) {
    asks.charge(request.device);
    throw error;
  }
}

function lookUp(options: FleetRoutesOptions, device: string, protocol: GitProtocol, body: Buffer) {
  const key = { repository: 'fleet', generation: options.refs.generation, protocol, body };
  const found = options.cache.find(key);
  if (found !== undefined) return found;
  const waitSec = options.misses.take(device);
  if (waitSec > 0) {
    throw new TowlineError('GATEWAY_RATE_LIMITED', 'this device fetches too often', {
      details: { retryAfterSec: waitSec },
    });
  }
  return options.cache.fill(key, append => uploadPack(options, { device, protocol, body }, append));
}

async function uploadPack(
  options: FleetRoutesOptions,
  { device, protocol, body }: { device: string; protocol: GitProtocol; body: Buffer },
  append: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  using limit = new TimeLimit(options.gitTimeoutMs);
  const signal = AbortSignal.any([options.signal, limit.signal]);
  const result = await options.runner.run(
    {
      lane: 'devices',
      who: device,
      arguments: ['upload-pack', '--stateless-rpc', '--strict', options.gitDirectory],
      environment: protocol === 2 ? { GIT_PROTOCOL: 'version=2' } : {},
      input: body,
      onOutput: append,
    },
    signal,
  );
  if (result.code !== 0) {
    throw new TowlineError('GATEWAY_GIT_FAILED', 'git upload-pack failed', {
      details: { exitCode: result.code, stderr: result.stderr },
    });
  }
}

function protocolHeader(request: FastifyRequest): GitProtocol {
  const header = request.headers['git-protocol'];
  return protocolOf(Array.isArray(header) ? header[0] : header);
}

async function inflated(request: FastifyRequest): Promise<Buffer> {
  const { body } = request;
  if (!Buffer.isBuffer(body)) throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'no body');
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip') throw new TowlineError('GATEWAY_REQUEST_MALFORMED', `encoding ${encoding}`);
  try {
    return await inflate(body, { maxOutputLength: maxInflatedBytes });
  } catch (error) {
    const tooLong = errnoOf(error) === 'ERR_BUFFER_TOO_LARGE';
    throw new TowlineError(
      tooLong ? 'GATEWAY_REQUEST_TOO_LARGE' : 'GATEWAY_REQUEST_MALFORMED',
      tooLong ? 'the body is over the limit when unpacked' : 'the body is not gzip',
      { cause: error },
    );
  }
}
