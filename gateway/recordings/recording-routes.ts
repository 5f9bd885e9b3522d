/** Recordings come in over the device port: each device adds to its own, and learns how much of it is here. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { fieldsOf } from '../../core/json.ts';
import { maxEntryBytes } from '../../core/recording/ledger-entry.ts';
import { isRecordingId } from '../../core/recording/recording-id.ts';
import type { Audit } from '../admission/audit.ts';
import type { RecordingStore } from './recording-store.ts';

export interface RecordingRoutesOptions {
  readonly store: RecordingStore;
  readonly audit: Audit;
}

/** Of one request. */
const maxPieceBytes = 1024 * 1024;
const maxEntries = 512;

const route = { config: { action: { kind: 'push-recording' } }, bodyLimit: maxPieceBytes } as const;

export function recordingRoutes(http: FastifyInstance, options: RecordingRoutesOptions): void {
  const { store } = options;
  http.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  http.get('/v1/recordings/ledger', route, request => store.ledgerHead(request.device));
  http.post('/v1/recordings/ledger', route, request =>
    told(options, request, () => store.addEntries(request.device, linesOf(bodyOf(request)))),
  );
  http.post('/v1/recordings/:recording', route, request =>
    told(options, request, async () => {
      const { recording } = fieldsOf(request.params);
      if (typeof recording !== 'string' || !isRecordingId(recording))
        throw malformed('no name of a recording');
      const { at } = fieldsOf(request.query);
      if (typeof at !== 'string' || !/^\d{1,10}$/.test(at)) throw malformed('where it belongs is not said');
      const piece = { from: Number(at), bytes: bodyOf(request) };
      return { bytes: await store.append(request.device, recording, piece) };
    }),
  );
}

/** What is refused stands in the audit log. */
async function told<Result>(
  { audit }: RecordingRoutesOptions,
  { device }: FastifyRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isTowlineError(error)) {
      const { code, message } = error;
      audit.write({ action: 'push-recording', outcome: 'refused', who: device, code, message });
    }
    throw error;
  }
}

function bodyOf({ body }: FastifyRequest): Buffer {
  // Without any content no type is said, and nothing is parsed.
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  throw malformed('it is sent as application/octet-stream');
}

function linesOf(body: Buffer): readonly string[] {
  const lines = body.toString('utf8').split('\n');
  if (lines.pop() !== '' || lines.length > maxEntries) throw malformed('no lines of a ledger');
  if (lines.some(line => line.length > maxEntryBytes)) throw malformed('an entry that is too long');
  return lines;
}

function malformed(why: string): TowlineError {
  return new TowlineError('GATEWAY_RECORDING_MALFORMED', why);
}
