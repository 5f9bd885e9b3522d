/** What an app says of itself does not say who it is: labels that Towline gives are its own. */
import type { Labels, Sample } from '../series/sample.ts';

/** It comes from the verified commit, at the gateway. */
const givenLater = 'device_id';

/** As Prometheus does without `honor_labels`: the app's own `project` becomes `exported_project`. */
export function relabelled(sample: Sample, own: Labels): Sample {
  const labels: Record<string, string> = {};
  const given = new Set(Object.keys(sample.labels));
  const reserved = (name: string): boolean => name === givenLater || Object.hasOwn(own, name);
  for (const [name, value] of Object.entries(sample.labels)) {
    let free = name;
    while (reserved(free) || (free !== name && given.has(free))) free = `exported_${free}`;
    labels[free] = value;
  }
  return { ...sample, labels: { ...labels, ...own } };
}
