export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly value: number;
}

export function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', value };
}

export function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: 'counter', value };
}

/** Prometheus' text format, version 0.0.4. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .map(
      ({ name, help, type, value }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`,
    )
    .join('');
}
