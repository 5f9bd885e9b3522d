/** Images of a bundle as a table. */
import type { ImageSummary } from '../../core/bundle/image-summary.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import type { Terminal } from '../command/terminal.ts';

export function imageTable(terminal: Terminal, images: readonly ImageSummary[]): void {
  if (images.length === 0) {
    terminal.line('no image is in it');
    return;
  }
  terminal.table(
    ['IMAGE', 'DIGEST', 'PLATFORMS', 'SIZE', 'LEFT OUT'],
    images.map(({ image, digest, platforms, bytes, leftOutBytes }) => [
      image,
      digest,
      platforms.length === 0 ? '-' : platforms.join(', '),
      formatBytes(bytes),
      leftOutBytes === 0 ? '-' : formatBytes(leftOutBytes),
    ]),
  );
}
