import { dashboard, labelVariable } from './dashboard.ts';
import { figure, lines } from './panels.ts';

const of = 'device_id="$device", project="$project", service="$service"';
const rate = (name: string, more = '') => `rate(${name}{${of}${more}}[$__rate_interval])`;

export const containerDashboard = dashboard({
  name: 'container',
  description: 'The containers of one service on one device.',
  variables: [
    labelVariable('device', 'container_start_time_seconds', 'device_id'),
    labelVariable('project', 'container_start_time_seconds{device_id="$device"}', 'project'),
    labelVariable(
      'service',
      'container_start_time_seconds{device_id="$device", project="$project"}',
      'service',
    ),
  ],
  panels: [
    figure({
      title: 'Up',
      description: 'Since the container was started.',
      unit: 's',
      queries: [[`time() - container_start_time_seconds{${of}}`, '{{container}}']],
    }),
    figure(
      {
        title: 'Restarts',
        description: 'Since the container was made.',
        queries: [[`towline_container_restarts{${of}}`, '{{container}}']],
      },
      1,
    ),
    figure({
      title: 'Processes',
      description: 'In the container.',
      queries: [[`container_processes{${of}}`, '{{container}}']],
    }),
    figure(
      {
        title: 'Killed for memory',
        description: 'How often the kernel has.',
        queries: [[`container_oom_events_total{${of}}`, '{{container}}']],
      },
      1,
    ),
    lines({
      title: 'Processor',
      description: 'Processors that are used.',
      queries: [
        [rate('container_cpu_usage_seconds_total'), '{{container}}'],
        [rate('container_cpu_system_seconds_total'), '{{container}}, in the kernel'],
      ],
    }),
    lines({
      title: 'Throttled',
      description: 'Part of the periods in which it wanted more than its limit.',
      unit: 'percentunit',
      queries: [
        [
          `${rate('container_cpu_cfs_throttled_periods_total')} / ${rate('container_cpu_cfs_periods_total')}`,
          '{{container}}',
        ],
      ],
    }),
    lines({
      title: 'Memory',
      description: 'The working set, all of it, and the limit where there is one.',
      unit: 'bytes',
      queries: [
        [`container_memory_working_set_bytes{${of}}`, '{{container}} working set'],
        [`container_memory_usage_bytes{${of}}`, '{{container}} with caches'],
        [`container_spec_memory_limit_bytes{${of}} > 0`, '{{container}} limit'],
      ],
    }),
    lines({
      title: 'Network',
      description: 'Received and sent; none of its own on the network of the host.',
      unit: 'Bps',
      queries: [
        [rate('container_network_receive_bytes_total'), '{{container}} {{interface}} received'],
        [rate('container_network_transmit_bytes_total'), '{{container}} {{interface}} sent'],
      ],
    }),
    lines({
      title: 'Disk',
      description: 'Read and written.',
      unit: 'Bps',
      queries: [
        [rate('container_fs_reads_bytes_total'), '{{container}} read'],
        [rate('container_fs_writes_bytes_total'), '{{container}} written'],
      ],
    }),
    lines({
      title: 'Its own metrics',
      description: 'Whether its Prometheus endpoints answer, and how many samples they give.',
      queries: [
        [`towline_scrape_up{${of}}`, '{{container}}:{{port}} answers'],
        [`towline_scrape_samples{${of}}`, '{{container}}:{{port}} samples'],
      ],
    }),
  ],
});
