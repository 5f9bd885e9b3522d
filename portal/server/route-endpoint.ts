/** A row of the API's table as the server has it: what it answers goes over HTTP here. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from '../route/answer.ts';
import type { Route } from '../route/route.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { apiHeaders } from './security-headers.ts';

type FileAnswer = Extract<Answer, { kind: 'file' }>;

/** Somebody who takes nothing of a file for so long is gone, milliseconds. */
const stalledMs = 60_000;

export function routeEndpoint(route: Route): Endpoint {
  const { method, path, waitsMs } = route;
  return {
    method,
    path,
    answer: async exchange => {
      const { viewer, target, body, signal } = exchange;
      const asked = `/${target.segments.slice(2).join('/')}`;
      if (waitsMs !== undefined) exchange.lasts(waitsMs);
      const query = new URLSearchParams([...target.query]);
      await send(exchange, await route.answer({ path: asked, query, body, viewer, signal }));
    },
  };
}

export async function send(exchange: Exchange, answer: Answer): Promise<void> {
  if (answer.kind === 'json') {
    const { body, status = 200, version } = answer;
    await exchange.json(body, { status, ...(version === undefined ? {} : { version }) });
  } else if (answer.kind === 'made-json') await exchange.madeJson(answer.text);
  else if (answer.kind === 'file') await sendFile(exchange, answer);
  else exchange.nothing();
}

async function sendFile(exchange: Exchange, file: FileAnswer): Promise<void> {
  const { response, request, signal } = exchange;
  exchange.lasts();
  request.socket.setTimeout(stalledMs, () => request.socket.destroy());
  const { content, mediaType, name, bytes } = file;
  const length = content instanceof Uint8Array ? content.length : bytes;
  response.writeHead(200, {
    ...apiHeaders,
    'content-type': mediaType,
    ...(length === undefined ? {} : { 'content-length': length }),
    ...(name === undefined ? {} : { 'content-disposition': `attachment; filename="${plainName(name)}"` }),
  });
  if (request.method === 'HEAD') {
    if (content instanceof Readable) content.destroy();
    response.end();
  } else
    await pipeline(content instanceof Uint8Array ? Readable.from([content]) : content, response, { signal });
  request.socket.setTimeout(0);
}

/** Whatever it is called: in quotes, on one line, in no other folder. */
const plainName = (name: string) => name.replace(/[^A-Za-z0-9._-]/g, '_').slice(-200);
