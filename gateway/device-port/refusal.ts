/** What a client is told that does not get what it asks for. */

import type { Duplex } from 'node:stream';
import { errnoOf } from '../../core/errors/cause.ts';
import { type ErrorCode, errorRegistry, isTowlineError, TowlineError } from '../../core/errors.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import { fieldsOf } from '../../core/json.ts';
import { shownJson } from '../../core/shown-text.ts';

/** Instead of a 101. */
export function refuseUpgrade(socket: Duplex, code: ErrorCode, message: string): void {
  const status = errorRegistry[code].httpStatus ?? 500;
  const body = shownJson({ code, message });
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const farewellMs = 500;

/** What is no HTTP, is too long, or never came to its end. */
export function refuseUnreadable(error: Error, socket: Duplex): void {
  const code = errnoOf(error);
  // Said once; the rest of it comes, too.
  if (socket.writableEnded) return;
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [ours, message] =
    code === 'HPE_HEADER_OVERFLOW'
      ? (['GATEWAY_REQUEST_TOO_LARGE', 'the headers are over the limit'] as const)
      : (['GATEWAY_REQUEST_MALFORMED', 'the request cannot be read'] as const);
  refuseUpgrade(socket, ours, message);
  // What is unread would take the answer with it.
  socket.resume();
  setTimeout(() => socket.destroy(), farewellMs).unref();
}

/** What a request is told of an error: ours as it is, the framework's and the rest under a code of ours. */
export function asTowlineError(error: unknown): TowlineError {
  if (isTowlineError(error)) return error;
  const status = fieldsOf(error).statusCode;
  if (status === 413) return new TowlineError('GATEWAY_REQUEST_TOO_LARGE', 'the body is over the limit');
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new TowlineError('GATEWAY_REQUEST_MALFORMED', 'the request cannot be read');
  }
  if (isDiskFull(error))
    return new TowlineError('GATEWAY_DISK_FULL', 'the gateway has no room to take this', { cause: error });
  return new TowlineError('GATEWAY_INTERNAL', 'something went wrong here', { cause: error });
}
