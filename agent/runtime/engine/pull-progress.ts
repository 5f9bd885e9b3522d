/** How far a pull is, by what the engine says of its layers. */
import { percentOf } from '../../../core/plan/quantity.ts';
import type { PullProgress } from '../runtime.ts';
import { members, number, optional, type Shape, text } from './answer-shape.ts';
import type { RunContext } from './run-context.ts';

export interface PullEvent {
  readonly id?: string | undefined;
  readonly status?: string | undefined;
  readonly error?: string | undefined;
  readonly progressDetail?:
    | { readonly current?: number | undefined; readonly total?: number | undefined }
    | undefined;
}

export const pullEvent: Shape<PullEvent> = members<PullEvent>({
  id: optional(text),
  status: optional(text),
  error: optional(text),
  progressDetail: optional(members({ current: optional(number), total: optional(number) })),
});

type Sum = Pick<PullProgress, 'layers' | 'bytes' | 'totalBytes'>;
type PulledImage = Pick<PullProgress, 'project' | 'image'>;

/** No image has more; an engine that makes up names fills no memory. */
const maxLayers = 1024;
/** Layers are logged at most this often, milliseconds. */
const progressEveryMs = 2_000;

/** Sums up layers; one line in the log now and then. */
export class Progress {
  readonly #layers = new Map<string, { current: number; total: number }>();
  #loggedMs = Number.NEGATIVE_INFINITY;

  add(event: PullEvent): void {
    const { current, total } = event.progressDetail ?? {};
    if (event.id === undefined || total === undefined || event.status !== 'Downloading') return;
    if (this.#layers.size >= maxLayers && !this.#layers.has(event.id)) return;
    this.#layers.set(event.id, { current: current ?? 0, total });
  }

  /** @param known what is known of it otherwise, from its manifest on */
  log(context: RunContext, { project, image }: PulledImage, known: Sum | undefined): void {
    const nowMs = context.clock.monotonic();
    if (nowMs - this.#loggedMs < progressEveryMs) return;
    this.#loggedMs = nowMs;
    const progress = { project, image, ...(known ?? this.#sum()) };
    context.log.info(
      { ...progress, percent: percentOf(progress.bytes, progress.totalBytes) },
      'pulling image',
    );
    context.onPull(progress);
  }

  #sum(): Sum {
    const layers = [...this.#layers.values()];
    const bytes = layers.reduce((sum, { current }) => sum + current, 0);
    return { layers: layers.length, bytes, totalBytes: layers.reduce((sum, { total }) => sum + total, 0) };
  }
}
