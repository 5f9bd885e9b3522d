/** A series as a device may show it: its own labels never speak of whose it is, its name is none of ours or Prometheus'. */
import type { Series } from '../../../core/telemetry/record/metrics.ts';
import { byName, type Label } from './device-labels.ts';

/**
 * Prometheus writes these itself, and what begins so the gateway says of a device: a device that says them would speak for
 * others. `towline_` with other words is the agent's.
 */
const reserved = /^(?:up|ALERTS|ALERTS_FOR_STATE|scrape_.*|towline_(?:device|app|gateway)_.*)$/;

/**
 * Sorted by name, without empty ones. A name that is taken becomes `exported_…`, as Prometheus does it.
 * @returns undefined: no series that a device may have
 */
export function ownLabels(
  { name, labels }: Series,
  taken: ReadonlySet<string>,
): readonly Label[] | undefined {
  if (reserved.test(name)) return undefined;
  const shown = new Map<string, string>();
  for (const [label, value] of Object.entries(labels)) {
    // `__name__` would make another series of it.
    if (value !== '' && !label.startsWith('__'))
      shown.set(freeName(label, labels, taken), value.toWellFormed());
  }
  return [...shown].sort(byName);
}

/** As often as it takes to be nobody else's. */
function freeName(label: string, labels: Series['labels'], taken: ReadonlySet<string>): string {
  if (!taken.has(label)) return label;
  let free = `exported_${label}`;
  while (taken.has(free) || Object.hasOwn(labels, free)) free = `exported_${free}`;
  return free;
}
