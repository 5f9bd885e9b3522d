import { dashboard } from './dashboard.ts';
import { figure, lines } from './panels.ts';

const rate = (name: string) => `rate(${name}[$__rate_interval])`;

export const pipelineDashboard = dashboard({
  name: 'pipeline',
  description: 'The way of telemetry: devices, gateway, sinks, Prometheus.',
  variables: [],
  panels: [
    figure({
      title: 'Connections',
      description: 'Of devices.',
      queries: [['towline_gateway_connections', 'connections']],
    }),
    figure({
      title: 'Hint streams',
      description: 'Devices that can be told at once.',
      queries: [['towline_gateway_hint_streams', 'streams']],
    }),
    figure({
      title: 'Series',
      description: 'Of devices, held for a scrape.',
      queries: [['towline_gateway_scrape_series', 'series']],
    }),
    figure(
      {
        title: 'Sinks that fail',
        description: 'What they sent last was not taken.',
        queries: [['count(towline_gateway_sink_up == 0) or vector(0)', 'sinks']],
      },
      1,
    ),
    figure(
      {
        title: 'Refused logins',
        description: 'Of people, in an hour.',
        queries: [['increase(towline_gateway_refused_total{action="login"}[1h])', 'logins']],
      },
      20,
    ),
    figure(
      {
        title: 'Main is trusted',
        description: '0: yes.',
        queries: [['towline_gateway_walk_stopped', 'stopped']],
      },
      1,
    ),
    lines({
      title: 'Pushes',
      description: 'Telemetry commits that devices have pushed.',
      unit: 'cps',
      queries: [[rate('towline_gateway_pushes_total'), 'pushes']],
    }),
    lines({
      title: 'Lag of sinks',
      description: 'How long the oldest record that is here waits.',
      unit: 's',
      queries: [['towline_gateway_sink_lag_seconds', '{{sink}}']],
    }),
    lines({
      title: 'Delivered',
      description: 'Records that receivers have taken.',
      unit: 'cps',
      queries: [[rate('towline_gateway_sink_delivered_total'), '{{sink}}']],
    }),
    lines({
      title: 'Not delivered',
      description: 'Tries that failed; records that are refused for good, or were skipped.',
      unit: 'cps',
      queries: [
        [rate('towline_gateway_sink_errors_total'), '{{sink}} errors'],
        [rate('towline_gateway_sink_refused_total'), '{{sink}} refused'],
        [rate('towline_gateway_sink_skipped_total'), '{{sink}} skipped: {{why}}'],
      ],
    }),
    lines({
      title: 'Samples dropped by a scrape',
      description: 'Ahead of time, late, too many series, names that no device may use.',
      unit: 'cps',
      queries: [
        [rate('towline_gateway_scrape_ahead_total'), 'ahead'],
        [rate('towline_gateway_scrape_late_total'), 'late'],
        [rate('towline_gateway_scrape_over_total'), 'too many'],
        [rate('towline_gateway_scrape_reserved_total'), 'reserved'],
      ],
    }),
    lines({
      title: 'Scrapes',
      description: 'How long a shard takes, and how many samples it has.',
      queries: [
        ['scrape_duration_seconds{job="towline-devices"}', 'shard {{shard}}, seconds'],
        ['scrape_samples_scraped{job="towline-devices"}', 'shard {{shard}}, samples'],
      ],
    }),
    lines({
      title: 'Dropped on devices',
      description: 'Series beyond what a device may have, in an hour.',
      queries: [['topk(10, increase(towline_series_dropped_total[1h]))', '{{device_id}}']],
    }),
    lines({
      title: 'Refused by the gateway',
      description: 'By what was asked for.',
      unit: 'cps',
      queries: [[rate('towline_gateway_refused_total'), '{{action}}']],
    }),
    lines({
      title: 'The gateway: memory',
      description: 'Resident.',
      unit: 'bytes',
      queries: [['process_resident_memory_bytes{job="towline-gateway"}', 'resident']],
    }),
    lines({
      title: 'The gateway: processor',
      description: 'Processors that it uses.',
      queries: [[rate('process_cpu_seconds_total{job="towline-gateway"}'), 'processors']],
    }),
  ],
});
