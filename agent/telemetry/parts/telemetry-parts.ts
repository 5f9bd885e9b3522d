/** Telemetry beside the loop, wired: who collects, what pushes, what the gateway asks for. */
import path from 'node:path';
import type { Runtime } from '../../runtime/runtime.ts';
import { type HintKind, type HintOptions, HintStream } from '../../trigger/hints.ts';
import type { Collector, Scene } from '../collector.ts';
import { Flusher, type FlusherOptions } from '../flush/flusher.ts';
import { LogCollector } from '../logs/log-collector.ts';
import { MetricsCollector } from '../metrics/metrics-collector.ts';
import { spoolFigures } from '../metrics/own-figures.ts';
import { Telemetry, type TelemetryOptions } from '../telemetry.ts';
import type { OpenTelemetry } from './open-telemetry.ts';

/** It carries no data, and what it rings for is bounded by the device. */
const flushHints: HintKind = { path: '/v1/telemetry-hints', line: 'event: flush', begins: false };

export interface Collectors {
  readonly all: readonly Collector[];
  readonly logs: LogCollector;
}

/** Each kind of what is collected is a line here. */
export function collectorsOf(open: OpenTelemetry, runtime: Runtime): Collectors {
  const { config, folder, events } = open;
  const { device, textfileDirectory } = config;
  const textfile = textfileDirectory === undefined ? {} : { textfileDirectory };
  const onTrouble = ({ project, service, text }: { project: string; service: string; text: string }): void =>
    events.note({ name: 'metrics.unreadable', level: 'warn', project, service, text });
  const figures = () => spoolFigures(open.spool.waiting);
  const logs = new LogCollector({ ...open, file: path.join(folder, 'positions'), runtime });
  const metrics = new MetricsCollector({ ...open, device, ...textfile, onTrouble, figures });
  return { all: [events, logs, metrics], logs };
}

export type PartsOptions = Omit<TelemetryOptions, 'collectors'> &
  Omit<FlusherOptions, 'settle'> &
  Pick<HintOptions, 'dialler'>;

export class TelemetryParts {
  readonly #options: PartsOptions;
  readonly #telemetry: Telemetry;
  readonly #flusher: Flusher;

  constructor(options: PartsOptions, collectors: readonly Collector[]) {
    this.#options = options;
    this.#telemetry = new Telemetry({ ...options, collectors });
    this.#flusher = new Flusher({ ...options, settle: () => this.settle() });
  }

  /** What a pass has found; undefined: the device is retired, and says nothing any more. Never throws. */
  look(scene: Scene | undefined): void {
    this.#flusher.use(scene?.desired.settings);
    if (scene !== undefined) this.#telemetry.look(scene);
  }

  /** @returns whether all that is held in memory is in the spool by now */
  settle(): Promise<boolean> {
    return this.#telemetry.settle();
  }

  /** Until it is aborted. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const onHint = () => this.#flusher.asked();
    const hints = new HintStream({ ...this.#options, kind: flushHints, onHint }, signal);
    hints.begin();
    await Promise.all([this.#telemetry.run(signal), this.#flusher.run(signal), hints.ended]);
  }
}
