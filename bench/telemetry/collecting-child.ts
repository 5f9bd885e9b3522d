/**
 * Collects what one container has said, as the agent does, and says what that took. Arguments: way, socket, container, device.
 *
 * The peer does equal work from the lines on: the same `ContainerLog` makes records of them and packs them. What differs is how
 * bytes of the engine become lines: dockerode's client and its `demuxStream` (as its readme has it), then a split at each line
 * break and at the space behind the time; against a reader of the chunks themselves and of the frames in them, or of the file.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
import type { LogSource } from '../../agent/telemetry/logs/log-source.ts';
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

// The bench is about what a line costs: no limit leaves any out.
const settings = { ...defaultLogSettings, maxLinesPerSecond: 1e9 };
const place = await runtime.logPlace(id, new AbortController().signal);

/** All that the container has said, from its beginning. */
class Reading {
  readonly spool = new CountingSpool();
  readonly container = new ContainerLog({
    container: { id, project: 'bench', service: 'logs' },
    position: beginning,
    settings,
    nowMs: () => clock.now(),
  });

  breathe(): Promise<void> | undefined {
    return this.container.isFull ? this.container.flush('full', this.spool) : undefined;
  }

  async byUs(source: LogSource): Promise<void> {
    const stop = new AbortController();
    const caughtUp = () => stop.abort();
    const breathe = () => this.breathe();
    try {
      await source.read({ log: this.container, breathe, caughtUp, signal: stop.signal });
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
    await this.container.flush('all', this.spool);
  }

  /** What dockerode's users write: two streams, and lines of each. */
  async byDockerode(): Promise<void> {
    const { container } = this;
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
        this.breathe()?.catch(() => undefined);
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
    await container.flush('all', this.spool);
  }
}

const fileSource = () =>
  new FileSource(place.file ?? '', jsonFileFormat, {
    ...{ place, clock, buffers: new PieceBuffers(), hasEnded: async () => false },
  });
const engineSource = () => new EngineSource(runtime, place);
const ways: Readonly<Record<string, (reading: Reading) => Promise<void>>> = {
  file: reading => reading.byUs(fileSource()),
  engine: reading => reading.byUs(engineSource()),
  dockerode: reading => reading.byDockerode(),
};
const read = ways[way];
if (read === undefined) throw new Error(`no way: ${way}`);
// An agent runs for months: what it takes to load and to compile is not counted, whatever the way.
await read(new Reading());
const reading = new Reading();
const before = process.cpuUsage();
await read(reading);
const { user, system } = process.cpuUsage(before);
let rawBytes = 0;
if (way === 'file') {
  for (const line of readFileSync(place.file ?? '', 'utf8').split('\n')) {
    if (line !== '') rawBytes += Buffer.byteLength(JSON.parse(line).log);
  }
}
rmSync(stateDirectory, { recursive: true, force: true });
const { lines, bytes: wireBytes } = reading.spool;
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, lines, rawBytes, wireBytes }));
process.exit(0);
