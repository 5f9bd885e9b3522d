/** Prometheus' text format, version 0.0.4 ("Exposition formats"): no timestamps, one HELP and TYPE for each family. */
import type { MetricType } from '../../../core/telemetry/record/metrics.ts';
import type { Label } from '../series/device-labels.ts';

export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** `a="1",b="2"`; nothing for none. */
export function labelText(labels: readonly Label[]): string {
  return labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(',');
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, character => escapes[character] ?? character);
}

export function familyHead(name: string, type: MetricType, help?: string): string {
  const said = help === undefined ? '' : `# HELP ${name} ${help.replace(/[\\\n]/g, ' ')}\n`;
  return `${said}# TYPE ${name} ${type}\n`;
}

/** As Go reads them. */
export function valueText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
