/** Collects what one container has said, as the agent does, and says what that took. Arguments: way, socket, container, device. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import Docker from 'dockerode';
import { compileFast } from '../../agent/program/small-memory.ts';
import { ProjectStore } from '../../agent/projects/project-store.ts';
import { createEngine } from '../../agent/runtime/engine/engine.ts';
import { EngineRuntime } from '../../agent/runtime/engine/engine-runtime.ts';
import type { LogEntry } from '../../agent/runtime/runtime.ts';
import type { Piece, Spool } from '../../agent/telemetry/collector.ts';
import { ContainerLog } from '../../agent/telemetry/logs/container-log.ts';
import { EngineSource } from '../../agent/telemetry/logs/engine-source.ts';
import { FileSource } from '../../agent/telemetry/logs/file-source.ts';
import { jsonFileFormat } from '../../agent/telemetry/logs/json-file-format.ts';
import { PieceBuffers } from '../../agent/telemetry/logs/piece-buffers.ts';
import { beginning } from '../../agent/telemetry/logs/position.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { defaultLogSettings } from '../../core/telemetry/lines/log-settings.ts';

const [way = '', socket = '', id = '', device = ''] = process.argv.slice(2);
compileFast();
const clock = createSystemClock();
const stateDirectory = mkdtempSync(path.join(tmpdir(), 'towline-bench-state-'));
const store = new ProjectStore({ stateDirectory });
const log = { info: () => {}, warn: () => {} };
const runtime = new EngineRuntime({
  engine: createEngine(socket),
  device,
  folders: { stateDirectory },
  store,
  clock,
  log,
});

class CountingSpool implements Spool {
  lines = 0;
  bytes = 0;

  async put(piece: Piece): Promise<void> {
    this.lines += piece.records;
    this.bytes += piece.bytes.length;
  }

  urgent(): void {}
}

const spool = new CountingSpool();
// The bench is about what a line costs: no limit leaves any out.
const settings = { ...defaultLogSettings, maxLinesPerSecond: 1e9 };
const container = new ContainerLog({
  container: { id, project: 'bench', service: 'logs' },
  position: beginning,
  settings,
  nowMs: () => clock.now(),
});
let rawBytes = 0;
const stop = new AbortController();
const breathe = () => (container.isFull ? container.flush('full', spool) : undefined);

/** What dockerode's users write: two streams, and lines of each. */
async function byDockerode(): Promise<void> {
  const docker = new Docker({ socketPath: socket });
  const stream = await docker
    .getContainer(id)
    .logs({ stdout: true, stderr: true, timestamps: true, follow: true });
  const ends: Promise<void>[] = [];
  const lines = (name: LogEntry['stream']): PassThrough => {
    const from = new PassThrough();
    let rest: Buffer = Buffer.alloc(0);
    from.on('data', (chunk: Buffer) => {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      container.begin();
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10)) {
        const space = bytes.indexOf(32);
        const [time, text] = [bytes.toString('latin1', 0, space), bytes.subarray(space + 1, end)];
        container.offer({ time, stream: name, text, whole: true });
        bytes = bytes.subarray(end + 1);
      }
      rest = bytes;
      breathe()?.catch(() => undefined);
    });
    ends.push(new Promise(resolve => from.on('end', resolve)));
    return from;
  };
  const [stdout, stderr] = [lines('stdout'), lines('stderr')];
  docker.modem.demuxStream(stream, stdout, stderr);
  await new Promise(resolve => stream.on('end', resolve));
  stdout.end();
  stderr.end();
  await Promise.all(ends);
}

const place = await runtime.logPlace(id, stop.signal);
const options = { log: container, breathe, caughtUp: () => stop.abort(), signal: stop.signal };
const byFile = () =>
  new FileSource(place.file ?? '', jsonFileFormat, { place, clock, buffers: new PieceBuffers() })
    .read(options)
    .catch(() => undefined);
const byEngine = () => new EngineSource(runtime, place).read({ ...options, caughtUp: () => {} });
// Loaded before it is measured, as it is in an agent.
await runtime.answers(stop.signal);

if (way.startsWith('follow-')) {
  const goOn = { ...options, caughtUp: () => {} };
  const source =
    way === 'follow-file'
      ? new FileSource(place.file ?? '', jsonFileFormat, { place, clock, buffers: new PieceBuffers() })
      : new EngineSource(runtime, place);
  await source.read(goOn);
}
const before = process.cpuUsage();
if (way === 'file') await byFile();
if (way === 'engine') await byEngine();
if (way === 'dockerode') await byDockerode();
await container.flush('all', spool);
const { user, system } = process.cpuUsage(before);
const { readFileSync } = await import('node:fs');
if (way === 'file') {
  for (const line of readFileSync(place.file ?? '', 'utf8').split('\n')) {
    if (line !== '') rawBytes += Buffer.byteLength(JSON.parse(line).log);
  }
}
rmSync(stateDirectory, { recursive: true, force: true });
console.log(
  JSON.stringify({ cpuMs: (user + system) / 1000, lines: spool.lines, rawBytes, wireBytes: spool.bytes }),
);
process.exit(0);
