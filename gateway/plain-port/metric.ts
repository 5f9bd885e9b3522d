export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly value: number;
  /** Metrics of one name stand beside each other, and have one help and type. */
  readonly labels?: Readonly<Record<string, string>>;
}

export function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', value };
}

export function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: 'counter', value };
}

/** Prometheus' text format, version 0.0.4. */
export function metricsText(metrics: readonly Metric[]): string {
  const byName = Map.groupBy(metrics, ({ name }) => name);
  return [...byName.values()].map(familyText).join('');
}

function familyText(family: readonly Metric[]): string {
  const [first] = family;
  if (first === undefined) return '';
  const head = `# HELP ${first.name} ${first.help}\n# TYPE ${first.name} ${first.type}\n`;
  return head + family.map(({ name, labels, value }) => `${name}${labelsText(labels)} ${value}\n`).join('');
}

function labelsText(labels: Metric['labels']): string {
  const all = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${escaped(value)}"`);
  return all.length === 0 ? '' : `{${all.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, found => (found === '\n' ? '\\n' : `\\${found}`));
}
